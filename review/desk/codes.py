"""The secrets of one-time codes at rest: sealed with a key that lies in a file beside the store, and not in it."""

from __future__ import annotations

from review.credentials import Safe, is_sealed
from review.errors import MissingKey
from review.store import Casebook


def sealed(book: Casebook, secret: str, *, user: str) -> str:
    """What to keep of this person's secret; makes the key with the first one. Raises MissingKey."""
    safe = Safe(book.key_file)
    if not book.accounts.any_sealed():
        safe.make()
    return safe.seal(secret, user=user)


def opened(book: Casebook, kept: str, *, user: str) -> str:
    """The secret that was kept for this person, be it from before secrets were sealed; raises MissingKey."""
    return Safe(book.key_file).open(kept, user=user) if is_sealed(kept) else kept


def check(book: Casebook) -> None:
    """Raise MissingKey when secrets are sealed and the key to them is not there."""
    if book.accounts.any_sealed():
        Safe(book.key_file).check()


def upgrade(book: Casebook, kept: str, *, user: str) -> None:
    """Seal a secret that was kept plain until now, where a key is to be had; without one it stays as it is."""
    if not kept or is_sealed(kept):
        return
    try:
        book.accounts.reseal(user, sealed(book, kept, user=user))
    except MissingKey:
        return  # signing in goes on; making an account or a new code app tells what is wrong
