"""Passwords and one-time codes: hashing, checking and showing them, with argon2 and TOTP behind this one door."""

from __future__ import annotations

import hmac
import io
import secrets
import threading
from datetime import datetime
from functools import cache

import argon2
import pyotp
import segno

from review.errors import WrongUse

MIN_PASSWORD = 12  # characters
MAX_PASSWORD = 256
FEWEST_DIFFERENT = 5  # characters: "aaaaaaaaaaaa" is no password
STEP_SECONDS = 30  # RFC 6238
CLOCKS_APART = 1  # steps that a phone's clock may be before or behind
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


@cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))
