"""The one place that knows the sequence: a recording becomes an encounter, many recordings become a store of them."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from review import (
    behaviours,
    checkpoints,
    media,
    roles,
    speakers,
    speech,
    transcripts,
    voice_acts,
    voice_profiles,
)
from review.encounter import (
    Encounter,
    Flag,
    Provenance,
    Recording,
    SpeakerRole,
    Turn,
    VoiceAct,
    VoiceProfile,
    Word,
)
from review.errors import ModelError, ReviewError, StageFailed, WrongUse
from review.sound import Track
from review.store import AuditEntry, Store

IN_FLIGHT = 8  # recordings handed to an executor at once; more would only wait there, in memory
AUDIO_SUFFIXES = {".aac", ".amr", ".flac", ".m4a", ".mp3", ".ogg", ".opus", ".wav", ".wma"}
VIDEO_SUFFIXES = {".3gp", ".asf", ".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpg", ".mts", ".ts", ".webm", ".wmv"}
SETTLED = 5.0  # seconds without a change after which a file that is being copied in counts as whole
LOOK_AGAIN = 10.0  # seconds between two looks into a watched folder

Progress = Callable[[str, float], None]  # stage, share of it that is done (0..1)
Clock = Callable[[], datetime]
Log = Callable[[Encounter, Path], AuditEntry]


@dataclass(frozen=True)
class Settings:
    """The options of every stage; each is defined beside the stage that reads it."""

    speech: speech.Settings = field(default_factory=speech.Settings)
    speakers: speakers.Settings = field(default_factory=speakers.Settings)
    voice_acts: voice_acts.Settings = field(default_factory=voice_acts.Settings)
    behaviours: behaviours.Settings = field(default_factory=behaviours.Settings)


@dataclass(frozen=True)
class Done:
    """A recording that is in the store; `known` when it was there before."""

    path: Path
    encounter: Encounter
    known: bool = False


@dataclass(frozen=True)
class Failed:
    """A recording that could not be processed: at which stage, and what the person can do."""

    path: Path
    stage: str
    message: str


def now() -> datetime:
    """This instant in UTC."""
    return datetime.now(UTC)


def _unwatched(_stage: str, _share: float) -> None:
    """Show no progress."""


def process(
    path: Path,
    settings: Settings | None = None,
    progress: Progress = _unwatched,
    *,
    recording: Recording | None = None,
    revision: int = 1,
    unfinished: Path | None = None,
    profiles: Sequence[VoiceProfile] = (),
    clock: Clock = now,
) -> Encounter:
    """Everything the machine can say of one recording; raises the ReviewError of the stage that failed.

    `recording` saves probing the file again when the caller has done so. In the folder `unfinished` the words heard so
    far are kept until the recording is done, so that a run that was broken off goes on where it was. `profiles` are
    the voices of officers who consented; which voice here is like one of them helps to tell who is who.
    """
    chosen = settings or Settings()
    progress("reading", 0.0)
    with _stage("media"):
        what = recording or media.probe(path)
    with ExitStack() as while_heard:
        with _stage("media"):
            sound = while_heard.enter_context(media.decoded(path))
        with _stage("speech"):
            kept = while_heard.enter_context(_checkpoint(unfinished, what))
            words_told = partial(progress, "words")
            heard = speech.recognise(sound.samples, chosen.speech, progress=words_told, kept=kept)
        with _stage("speakers"):
            told = _who_said(heard.words, sound.samples, chosen, profiles, progress)
    with _stage("behaviours"):
        progress("behaviours", 0.0)
        flags = told.flags(chosen.behaviours, seed=what.sha256, language=heard.language)
    provenance = Provenance(
        software=software(),
        made_at=clock(),
        models=(*heard.models, *speakers.models(chosen.speakers), *behaviours.models()),
        settings=flat(asdict(chosen)),
        counts=heard.counts,
        remarks=(*sound.remarks, *heard.remarks, *told.remarks, *_unread(heard)),
    )
    return Encounter(what, heard.language, told.turns, told.roles, flags, provenance, revision, told.acts)


def software() -> str:
    """The name and version that provenance tells."""
    return f"bodycam-review {version('review')}"


@dataclass(frozen=True)
class _Told:
    """The words told apart: whose they are, who those people are, and how they were said."""

    turns: tuple[Turn, ...] = ()
    roles: tuple[SpeakerRole, ...] = ()
    acts: tuple[VoiceAct, ...] = ()
    remarks: tuple[str, ...] = ()

    def flags(self, settings: behaviours.Settings, *, seed: str, language: str) -> tuple[Flag, ...]:
        if not self.turns:
            return ()
        return behaviours.tag(self.turns, self.roles, acts=self.acts, settings=settings, seed=seed, language=language)


def _who_said(
    words: tuple[Word, ...], track: Track, settings: Settings, profiles: Sequence[VoiceProfile], progress: Progress
) -> _Told:
    if not words:
        return _Told()  # nobody to tell apart, and a night of silent recordings goes by faster
    voices = speakers.diarize(track, settings.speakers, progress=partial(progress, "voices"))
    turns = speakers.attribute(words, voices)
    enrolled = voice_profiles.alike(turns, track, profiles=profiles)
    acts = voice_acts.find(turns, track, settings.voice_acts, voices=voices)
    remarks = tuple(
        f"{speaker} sounds like the enrolled voice of {officer} ({likeness:.2f} of 1)."
        for speaker, (officer, likeness) in enrolled.items()
    )
    return _Told(turns, roles.guess(turns, track, enrolled=enrolled.keys()), acts, remarks)


def _unread(heard: speech.Heard) -> tuple[str, ...]:
    if not heard.words or heard.language in behaviours.LANGUAGES:
        return ()
    return (f"The words are in another language ({heard.language}): no behaviour was looked for in them.",)


def _checkpoint(folder: Path | None, recording: Recording) -> AbstractContextManager[dict[str, Any]]:
    # Other software may cut its sections elsewhere; each section is kept under the settings that its words depend on.
    return checkpoints.kept(folder, recording=recording.sha256, settings={"software": software()})


def flat(settings: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Settings of settings as one dictionary with dotted names, as provenance keeps them."""
    pairs: dict[str, Any] = {}
    for name, value in settings.items():
        if isinstance(value, dict):
            pairs.update(flat(value, f"{prefix}{name}."))
        else:
            pairs[f"{prefix}{name}"] = list(value) if isinstance(value, tuple) else value
    return pairs


def tag(
    lines: Sequence[transcripts.Line],
    settings: Settings | None = None,
    *,
    hidden: Collection[str] = (),
    language: str = "en",
) -> list[dict[str, Any]]:
    """The lines of a written transcript with their flags, one dictionary a line, as `tag` prints them.

    Flags of the behaviours that are `hidden` are left out.
    """
    chosen = settings or Settings()
    turns, known = transcripts.to_turns(lines)
    flags = behaviours.tag(turns, known, settings=chosen.behaviours, language=language)
    return transcripts.line_flags(lines, turns, [flag for flag in flags if flag.behaviour not in hidden])


def recordings_in(folder: Path) -> tuple[Path, ...]:
    """The media files below `folder` by their names' endings, hidden ones left out, in order of name."""
    return tuple(
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in AUDIO_SUFFIXES | VIDEO_SUFFIXES and not path.name.startswith(".") and path.is_file()
    )


def batch(
    paths: Iterable[Path],
    settings: Settings | None = None,
    *,
    store: Store,
    executor: Executor | None = None,
    progress: Progress = _unwatched,
    again: bool = False,
    unfinished: Path | None = None,
    log: Log | None = None,
    clock: Clock = now,
) -> Iterator[Done | Failed]:
    """Process each recording once, keep it, and tell what became of it; a bad file never stops the rest.

    A recording is known by its content, so a second run does what the first left, whatever the files are called now.
    With `again`, one that is known gets another revision. `unfinished` is the folder of `process`. What `log` makes of
    a recording goes into the audit log in the transaction that keeps it. Without an executor all is done here, one
    after the other. Raises StoreUnavailable, since without a store nothing could be kept.
    """
    chosen = settings or Settings()
    speech.check(chosen.speech)
    runner, ahead = (executor, IN_FLIGHT) if executor else (InThisProcess(), 1)
    # A callback cannot travel to another process.
    job = (
        partial(process, unfinished=unfinished)
        if executor
        else partial(process, progress=progress, unfinished=unfinished)
    )
    waiting: dict[Future[Encounter], Path] = {}
    taken: dict[str, Path] = {}
    repeats: list[tuple[Path, str]] = []
    for path in paths:
        try:
            what = media.probe(path)
        except ReviewError as error:
            yield Failed(path, "media", str(error))
            continue
        known = store.has(what.sha256)
        if what.sha256 in taken:
            repeats.append((path, what.sha256))
        elif known and not again:
            yield Done(path, store.encounter(what.sha256), known=True)
        else:
            taken[what.sha256] = path
            revision = store.encounter(what.sha256).revision + 1 if known else 1
            waiting[runner.submit(job, path, chosen, recording=what, revision=revision)] = path
        if len(waiting) >= ahead:
            yield from _finished(waiting, store, log, clock)
    while waiting:
        yield from _finished(waiting, store, log, clock)
    for path, sha256 in repeats:
        yield _repeat(path, sha256, taken[sha256], store)


def watch(
    folder: Path,
    settings: Settings | None = None,
    *,
    store: Store,
    executor: Executor | None = None,
    unfinished: Path | None = None,
    log: Log | None = None,
) -> Iterator[Done | Failed]:
    """Process what is in `folder` and what is put there later, until the caller stops asking."""
    seen: set[tuple[Path, int]] = set()
    while True:
        found = {(path, path.stat().st_mtime_ns) for path in recordings_in(folder)}
        fresh = {(path, changed) for path, changed in found - seen if time.time() - changed / 1e9 > SETTLED}
        seen |= fresh
        yield from batch(
            sorted(path for path, _ in fresh), settings, store=store, executor=executor, unfinished=unfinished, log=log
        )
        time.sleep(LOOK_AGAIN)


class InThisProcess(Executor):
    """An executor that does each job at once where it is asked to; a bug or Ctrl-C ends it as it would end a loop."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do the job now."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except ReviewError as error:
            future.set_exception(error)
        return future


def _finished(
    waiting: dict[Future[Encounter], Path], store: Store, log: Log | None, clock: Clock
) -> Iterator[Done | Failed]:
    for future in wait(waiting, return_when=FIRST_COMPLETED).done:
        path = waiting.pop(future)
        try:
            encounter = future.result()
        except (ModelError, WrongUse):
            raise  # it would fail for every other recording, too
        except ReviewError as error:
            yield Failed(path, error.stage, str(error))
            continue
        store.add(encounter, path, at=clock(), entry=log(encounter, path) if log else None)
        yield Done(path, encounter)


def _repeat(path: Path, sha256: str, first: Path, store: Store) -> Done | Failed:
    if store.has(sha256):
        return Done(path, store.encounter(sha256), known=True)
    return Failed(path, "media", f"{path.name} has the same content as {first.name}, which could not be processed")


@contextmanager
def _stage(name: str) -> Iterator[None]:
    try:
        yield
    except ReviewError as error:
        error.stage = name
        raise
    except Exception as error:
        at = traceback.extract_tb(error.__traceback__)[-1]
        told = StageFailed(
            f"{name} failed on this recording in a way that nobody foresaw ({type(error).__name__}: {error}; "
            f"{Path(at.filename).name}, line {at.lineno}). Nothing of it was kept; please report this line"
        )
        told.stage = name
        raise told from error
