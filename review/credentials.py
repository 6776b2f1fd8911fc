"""Passwords and one-time codes: hashing, sealing, checking and showing them; argon2, TOTP, Fernet behind one door."""

from __future__ import annotations

import hmac
import io
import os
import secrets
import threading
from datetime import datetime
from functools import cache
from pathlib import Path

import argon2
import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken

from review.errors import MissingKey, WrongUse

MIN_PASSWORD = 12  # characters
MAX_PASSWORD = 256
FEWEST_DIFFERENT = 5  # characters: "aaaaaaaaaaaa" is no password
STEP_SECONDS = 30  # RFC 6238
CLOCKS_APART = 1  # steps that a phone's clock may be before or behind
KEY_VARIABLE = "BODYCAM_REVIEW_KEY"  # where the key for code secrets lies, when not beside the store
SEALED = "fernet:"  # stands before a sealed secret
ISSUER = "Body-camera review"
# One hash takes 64 MB and a core (RFC 9106, argon2id); more at once would let a flood of sign-ins fill the memory.
_AT_ONCE = threading.BoundedSemaphore(2)
_HASHER = argon2.PasswordHasher()


def check_password(password: str, *, user: str = "") -> None:
    """Raise WrongUse for a password that is too easy to guess.

    >>> check_password("short")
    Traceback (most recent call last):
    ...
    review.errors.WrongUse: a password has at least 12 characters; a sentence is easy to remember
    """
    if len(password) < MIN_PASSWORD:
        raise WrongUse(f"a password has at least {MIN_PASSWORD} characters; a sentence is easy to remember")
    if len(password) > MAX_PASSWORD:
        raise WrongUse(f"a password has at most {MAX_PASSWORD} characters")
    if len(set(password)) < FEWEST_DIFFERENT or (user and user.lower() in password.lower()):
        raise WrongUse("this password is easy to guess; take one without the account's name, with more variety")


def hashed(password: str, *, user: str = "") -> str:
    """The argon2id hash to keep of a new password; raises WrongUse as `check_password` does."""
    check_password(password, user=user)
    with _AT_ONCE:
        return _HASHER.hash(password)


def matches(kept: str, password: str) -> bool:
    """Whether this is the password of the hash; without a hash False, in the same time as with one."""
    with _AT_ONCE:
        try:
            return _HASHER.verify(kept or _nobodys(), password[:MAX_PASSWORD]) and bool(kept)
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False


def new_password() -> str:
    """A password to hand over, to be changed at the first sign-in."""
    return "-".join(secrets.token_hex(2) for _ in range(4))


def new_secret() -> str:
    """A secret for one-time codes, base32 of 160 bits."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, *, at: datetime) -> int | None:
    """The time step whose code this is, counted in 30 s from 1970; None when it is none of now."""
    typed = "".join(code.split())
    now = int(at.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    found = None
    for step in range(now - CLOCKS_APART, now + CLOCKS_APART + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode()):
            found = step
    return found


def enrolment(secret: str, user: str) -> str:
    """The otpauth URI that an authenticator app reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=user, issuer_name=ISSUER)


def as_picture(uri: str) -> str:
    """The URI as a QR code, in a data URI of SVG for a page."""
    return str(segno.make(uri, micro=False).svg_data_uri(scale=4, light="#fff"))


def as_text(uri: str) -> str:
    """The URI as a QR code of characters for a terminal."""
    drawn = io.StringIO()
    segno.make(uri, micro=False).terminal(drawn, compact=True)
    return drawn.getvalue()


def is_sealed(kept: str) -> bool:
    """Whether this is a sealed secret, and not a plain one from before secrets were sealed."""
    return kept.startswith(SEALED)


class Safe:
    """Seals secrets with the key in a file; whoever copies the store alone has no code from it."""

    def __init__(self, path: Path) -> None:
        """Take where the key lies, or will lie."""
        self._path = path

    def make(self) -> None:
        """Make the key, readable by this account only, unless there is one; raises MissingKey."""
        if self._path.exists():
            return
        new = self._path.with_name(f"{self._path.name}.new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            new.unlink(missing_ok=True)
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(Fernet.generate_key() + b"\n")
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._path)
        except OSError as error:
            raise MissingKey(
                f"the key for one-time codes cannot be written to {self._path} ({error.strerror}); "
                f"say with {KEY_VARIABLE} where it can"
            ) from error

    def check(self) -> None:
        """Raise MissingKey unless the key is there."""
        self._key()

    def seal(self, secret: str, *, user: str) -> str:
        """The secret for this account alone; raises MissingKey."""
        return SEALED + self._key().encrypt(f"{user}\n{secret}".encode()).decode()

    def open(self, kept: str, *, user: str) -> str:
        """The secret that was sealed for this account; raises MissingKey for another key, or another's secret."""
        try:
            told = self._key().decrypt(kept.removeprefix(SEALED).encode()).decode()
        except InvalidToken as error:
            raise MissingKey(
                f"{self._path} is not the key with which the secrets of one-time codes were sealed; put back the one "
                "that belongs to this store"
            ) from error
        whose, _, secret = told.partition("\n")
        if whose != user:
            raise MissingKey(f"the code secret of {user} was sealed for another account; give them a new one")
        return secret

    def _key(self) -> Fernet:
        try:
            return Fernet(self._path.read_bytes().strip())
        except OSError as error:
            raise MissingKey(
                f"the key for one-time codes, {self._path}, cannot be read ({error.strerror}); put it back from your "
                f"backup, or say with {KEY_VARIABLE} where it is"
            ) from error
        except ValueError as error:
            raise MissingKey(f"{self._path} is no key; put back the one that belongs to this store") from error


@cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))
