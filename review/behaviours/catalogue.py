"""The codebook as values: every behaviour with who can show it, its direction and its definition."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from review.encounter import Behaviour, Direction, Role

CODEBOOK_VERSION = 1


def read_catalogue() -> Mapping[str, Behaviour]:
    """Every behaviour of the codebook by its id, in the codebook's order."""
    raw = tomllib.loads(files(__package__).joinpath("catalogue.toml").read_text("utf-8"))
    if raw["version"] != CODEBOOK_VERSION:
        raise ValueError(f"catalogue.toml is of version {raw['version']}, this code reads {CODEBOOK_VERSION}")
    return MappingProxyType({entry["id"]: _behaviour(entry) for entry in raw["behaviour"]})


def _behaviour(entry: Mapping[str, Any]) -> Behaviour:
    return Behaviour(
        id=entry["id"],
        roles=frozenset(Role(role) for role in entry["roles"]),
        direction=Direction(entry["direction"]),
        definition=entry["definition"],
        counts=tuple(entry.get("counts", ())),
        does_not_count=tuple(entry.get("does_not_count", ())),
        basis=tuple(entry.get("basis", ())),
    )


CATALOGUE = read_catalogue()


def may_show(role: Role, behaviour: str) -> bool:
    """Whether a speaker of this role can show the behaviour; nobody knows what an unknown one can."""
    return role is Role.UNKNOWN or role in CATALOGUE[behaviour].roles
