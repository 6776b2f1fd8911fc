"""What a setting names: a part that comes with the program, or somebody else's by `package.module:attribute`."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from typing import TypeVar

from review.errors import WrongUse

Part = TypeVar("Part")


def named(name: str, known: Mapping[str, Part], *, what: str) -> Part:
    """The part of this name; `what` tells the person what it is. Raises WrongUse when there is none."""
    if name in known:
        return known[name]
    if ":" not in name:
        raise WrongUse(f"there is no {what} {name!r}: use {', '.join(known)} or package.module:attribute")
    try:
        found: Part = pkgutil.resolve_name(name)
    except (ImportError, AttributeError, ValueError) as error:
        raise WrongUse(f"the {what} {name!r} could not be imported: {error}") from error
    return found
