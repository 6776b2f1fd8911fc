"""The tables of a TOML file, read strictly: whatever is wrong is told with the file, the key and what to do."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Self

from review.errors import UnreadablePolicy

# Words for the worth of a person, which a policy has no place for.
JUDGING = re.compile(r"(^|_)(level|grade|score|rank|rating|point|weight|tier|percentile)s?(_|$)")
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")
_MISSING = object()
_NAMES = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "a table",
}


class Entries:
    """One table of the file; what is asked for is taken out, and `end` complains about what nobody asked for."""

    def __init__(self, values: Mapping[str, Any], file: str, path: str = "") -> None:
        """Hold the `values` at `path` (keys joined by dots) of `file`."""
        self._values, self._file, self._path = dict(values), file, path
        self._asked: set[str] = set()

    @classmethod
    def read(cls, path: Path) -> Self:
        """The whole file; raises UnreadablePolicy."""
        try:
            text = path.read_bytes().decode("utf-8")
        except OSError as error:
            raise UnreadablePolicy(f"{path} cannot be read ({error.strerror}); check the path of the policy") from error
        except UnicodeDecodeError as error:
            raise UnreadablePolicy(f"{path} is no text in UTF-8; save the policy as such") from error
        return cls.parse(text, str(path))

    @classmethod
    def parse(cls, text: str, file: str) -> Self:
        """The whole of a text that stands in `file`; raises UnreadablePolicy."""
        try:
            return cls(tomllib.loads(text), file)
        except tomllib.TOMLDecodeError as error:
            raise UnreadablePolicy(f"{file} is not written in TOML: {error}; put that line right") from error

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that are there, in order of their names."""
        return tuple(sorted(self._values))

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        self._asked.add(key)
        return key in self._values

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without a default it must be there and say something."""
        said = self._get(key, str, default).strip()
        if not said and default is None:
            raise self.wrong(key, "it is empty; write a text")
        return str(said)

    def identifier(self, key: str) -> str:
        """A name that answers are stored under."""
        name = self.text(key)
        if not _IDENTIFIER.fullmatch(name):
            raise self.wrong(key, f"{name!r} is no id; use small letters, digits and _, with a letter first")
        return name

    def number(self, key: str) -> float:
        """A number."""
        return float(self._get(key, float))

    def whole(self, key: str) -> int:
        """A whole number."""
        return int(self._get(key, int))

    def flag(self, key: str, default: bool) -> bool:
        """Yes or no."""
        return bool(self._get(key, bool, default))

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        values: list[Any] = self._get(key, list)
        for value in values:
            if not isinstance(value, str):
                raise self.wrong(key, f"{value!r} in the list must be a text; put it in quotes")
        return tuple(values)

    def table(self, key: str) -> Entries:
        """The table at this key, an empty one when it is not there."""
        return Entries(self._get(key, dict, {}), self._file, self._at(key))

    def tables(self, key: str) -> tuple[Entries, ...]:
        """The tables in the list at this key, none when it is not there."""
        values: list[Any] = self._get(key, list, [])
        if not all(isinstance(value, dict) for value in values):
            raise self.wrong(key, f"these must be tables; write each under a line [[{self._at(key)}]]")
        return tuple(Entries(value, self._file, f"{self._at(key)}[{n}]") for n, value in enumerate(values, start=1))

    def unique(self, key: str, ids: Sequence[str]) -> None:
        """Complain when two of these ids at `key` are the same."""
        for name, count in Counter(ids).items():
            if count > 1:
                raise self.wrong(key, f"{name!r} is there {count} times; give each another id")

    def end(self) -> None:
        """Complain about a key that nobody asked for."""
        for key in self.keys:
            if key in self._asked:
                continue
            if JUDGING.search(key.lower()):
                raise self.wrong(key, "a policy holds no level, grade or score of anybody; take it out")
            raise self.unknown(key, key, self._asked, what="key here")

    def wrong(self, key: str, why: str) -> UnreadablePolicy:
        """The error that something is wrong with this key."""
        return UnreadablePolicy(f"{self._file}: {self._at(key)}: {why}")

    def unknown(self, key: str, name: str, known: Iterable[str], *, what: str) -> UnreadablePolicy:
        """The error that `name` is none of the `known`."""
        every = sorted(known)
        close = get_close_matches(name, every, n=1)
        advice = f"did you mean {close[0]}?" if close else f"there are {', '.join(every)}"
        return self.wrong(key, f"{name!r} is no {what}; {advice}")

    def _get(self, key: str, kind: type, default: Any = _MISSING) -> Any:
        self._asked.add(key)
        value = self._values.get(key, _MISSING if default is None else default)
        if value is _MISSING:
            raise self.wrong(key, "it is missing; add it")
        fits = (int, float) if kind is float else kind
        if not isinstance(value, fits) or (isinstance(value, bool) and kind is not bool):
            raise self.wrong(key, f"it must be {_NAMES[kind]}, not {_NAMES.get(type(value), 'this')}")
        return value

    def _at(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key
