"""The commands that process recordings: process, batch, demo."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from review import media, pipeline, policy, report
from review.cli.console import complain, progress_bar, put, say
from review.cli.options import (
    Engine,
    Language,
    Model,
    Offline,
    PolicyFile,
    SpeakerCount,
    chosen_settings,
    marking_settings,
)
from review.cli.root import Database, app
from review.cli.serving import DEFAULT_PORT, Port, serve_store
from review.cli.totals import Totals, finish
from review.cli.who import command_line
from review.cli.whose import Unit, Wearer, set_whose
from review.encounter import Encounter
from review.errors import UnreadableMedia, WrongUse
from review.pipeline import Done, Failed
from review.processors import processes
from review.store import AuditEntry, Store, open_store, processing

DEMO_OFFICER = "demo.officer"  # the id of the demo account of an officer
LONGEST_IN_DEMO = 240.0  # seconds; a newcomer should not wait for the samples of five and of ten minutes
ID_DIGITS = 12  # of the sha256; enough to tell millions of recordings apart

Again = Annotated[bool, typer.Option("--again", help="Process known recordings again, as a new revision.")]
Out = Annotated[str | None, typer.Option(help="`-` prints each encounter as JSON; a folder gets one file for each.")]


@app.command()
def process(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Audio or video files.", readable=False)],
    engine: Engine = "faster-whisper",
    model: Model = "base",
    language: Language = None,
    offline: Offline = False,
    speakers: SpeakerCount = None,
    workers: Annotated[int, typer.Option(min=1, help="Recordings processed at the same time, at most one a core.")] = 1,
    again: Again = False,
    out: Out = None,
    wearer: Wearer = "",
    unit: Unit = "",
    agency: PolicyFile = None,
    db: Database = None,
) -> None:
    """Process recordings and keep them in the store; one that is known by its content is not processed again.

    Example: `bodycam-review process stop.mp4 --out -`
    """
    chosen = policy.current(agency)
    count = _at_the_same_time(workers)
    settings = chosen_settings(
        engine, model, language=language, offline=offline, speakers=speakers, workers=count, agency=chosen
    )
    folder = _folder(out)
    with open_store(db) as store, _executor(count, None) as executor:
        outcomes = _with_a_bar(paths, settings, store, executor, again=again)
        known = _belonging(outcomes, store, wearer=wearer, unit=unit)
        totals = _told(known, store, show=out == "-", folder=folder, agency=chosen)
    finish(totals)


@app.command()
def batch(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder; the folders in it count too.")],
    engine: Engine = "faster-whisper",
    model: Model = "base",
    language: Language = None,
    offline: Offline = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes.  [default and most: one a core]")] = None,
    dask: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Scheduler of a Dask cluster to use.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Go on with what is put there later, until Ctrl-C.")] = False,
    again: Again = False,
    wearer: Wearer = "",
    unit: Unit = "",
    agency: PolicyFile = None,
    db: Database = None,
) -> None:
    """Process every recording in a folder; a bad file never stops the rest, and a second run goes on where one ended.

    Example: `bodycam-review batch /media/footage --workers 4`
    """
    if not folder.exists():
        raise UnreadableMedia(f"{folder} is not there; check the path")
    if not folder.is_dir():
        raise WrongUse(f"{folder} is no folder; `bodycam-review process` takes single files")
    count = _at_the_same_time(workers)
    chosen = policy.current(agency)
    settings = chosen_settings(
        engine, model, language=language, offline=offline, workers=count, cluster=dask is not None, agency=chosen
    )
    with open_store(db) as store, _executor(count, dask) as executor:
        if watch:
            say(f"watching {folder}; Ctrl-C ends it")
            outcomes = pipeline.watch(
                folder, settings, store=store, executor=executor, unfinished=store.unfinished_folder, log=_entry
            )
        else:
            found = pipeline.recordings_in(folder)
            if not found:
                say(f"no audio or video files in {folder}; they are known by their endings, such as .mp4 or .wav")
            outcomes = _with_a_bar(found, settings, store, executor, again=again)
        known = _belonging(outcomes, store, wearer=wearer, unit=unit)
        totals = _told(known, store, agency=chosen)
        totals = replace(totals, passed_over=_passed_over(folder, store))
    finish(totals)


@app.command()
def demo(
    serve: Annotated[bool, typer.Option(help="Open the app when the samples are processed.")] = True,
    port: Port = DEFAULT_PORT,
    db: Database = None,
) -> None:
    """Process the acted sample encounters of a few minutes and open the app on them.

    Example: `bodycam-review demo --no-serve`
    """
    samples = [path for path in pipeline.recordings_in(_samples()) if media.probe(path).seconds <= LONGEST_IN_DEMO]
    chosen = policy.current()
    with open_store(db) as store:
        outcomes = _with_a_bar(samples, marking_settings(chosen), store, None, again=False)
        known = _belonging(outcomes, store, wearer=DEMO_OFFICER, unit="")
        totals = _told(known, store, agency=chosen)
    if totals.failed or not serve:
        finish(totals)
    serve_store(port=port, db=db)


def _at_the_same_time(asked: int | None) -> int:
    count = processes(asked)
    if asked and asked > count:
        say(f"{count} at the same time, not {asked}: more than one for each processor core would only be slower")
    return count


def _belonging(outcomes: Iterable[Done | Failed], store: Store, *, wearer: str, unit: str) -> Iterator[Done | Failed]:
    """The same outcomes; whose each recording is is kept as it comes, unless nothing was said about it."""
    for outcome in outcomes:
        if isinstance(outcome, Done) and (wearer or unit):
            sha256 = outcome.encounter.recording.sha256
            with store.casebook() as book:
                known = book.facts(sha256)
            if (known.wearer, known.unit) != (wearer, unit):
                set_whose(store, sha256, wearer=wearer, unit=unit, others=known.present)
        yield outcome


def _passed_over(folder: Path, store: Store) -> tuple[Path, ...]:
    """The files below the folder that are no recordings by their endings; hidden ones and the store's own left out."""
    # The store lies beside its folder of unfinished work; SQLite adds files with its name.
    own = str(store.unfinished_folder.absolute()).removesuffix(".unfinished")
    found = frozenset(pipeline.recordings_in(folder))
    return tuple(
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path not in found
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and not str(path.absolute()).startswith(own)
    )


def _entry(encounter: Encounter, path: Path) -> AuditEntry:
    """The entry of a recording that is added at the command line."""
    return processing(encounter, path.name, at=pipeline.now(), source=command_line())


def _samples() -> Path:
    beside = Path(pipeline.__file__).parents[1] / "samples"
    if not beside.is_dir():
        raise WrongUse("the samples are not installed; run `make demo` in a copy of the project")
    return beside


def _folder(out: str | None) -> Path | None:
    if out in (None, "-"):
        return None
    folder = Path(str(out))
    report.make_folder(folder)
    return folder


def _with_a_bar(
    paths: Iterable[Path], settings: pipeline.Settings, store: Store, executor: Executor | None, *, again: bool
) -> Iterator[Done | Failed]:
    wanted = list(paths)
    with progress_bar(len(wanted)) as bar:
        outcomes = pipeline.batch(
            wanted,
            settings,
            store=store,
            executor=executor,
            progress=bar.show,
            again=again,
            unfinished=store.unfinished_folder,
            log=_entry,
        )
        for outcome in outcomes:
            bar.step()
            yield outcome


def _told(
    outcomes: Iterable[Done | Failed],
    store: Store,
    *,
    agency: policy.Policy,
    show: bool = False,
    folder: Path | None = None,
) -> Totals:
    """Say what became of each recording as it comes, and add it up."""
    totals = Totals()
    try:
        for outcome in outcomes:
            totals = totals.plus(outcome)
            if isinstance(outcome, Failed):
                complain(outcome.message)
                continue
            shown = replace(outcome, encounter=agency.shown(outcome.encounter))
            _say_done(shown)
            if show or folder:
                _hand_out(shown, store, folder, agency)
    except KeyboardInterrupt:
        say("stopped; what was finished is kept, and the same command goes on with the rest")
        raise
    return totals


def _say_done(done: Done) -> None:
    encounter = done.encounter
    recording = encounter.recording
    if done.known:
        known = f"known already as {recording.sha256[:ID_DIGITS]}, not processed again, whatever the options"
        say(f"{done.path.name}: {known} (--again does)")
        return
    heard = f"{len(encounter.words)} words, {len(encounter.roles)} speakers, {len(encounter.flags)} marks to check"
    remarks = "".join(f"; {remark}" for remark in encounter.provenance.remarks)
    say(f"{done.path.name}: {report.clock(recording.seconds)}, {heard}, id {recording.sha256[:ID_DIGITS]}{remarks}")


def _hand_out(done: Done, store: Store, folder: Path | None, agency: policy.Policy) -> None:
    sha256 = done.encounter.recording.sha256
    said = store.verdicts(sha256)
    text = report.render(done.encounter, report.Format.JSON, verdicts=said, hidden=agency.hidden)
    if folder:
        report.save(text, folder / f"{done.path.stem[:100]}.{sha256[:ID_DIGITS]}.json")
    else:
        put(text)


@contextmanager
def _executor(workers: int, dask: str | None) -> Iterator[Executor | None]:
    if dask:
        with _dask(dask) as executor:
            yield executor
    elif workers > 1:
        with _processes(workers) as executor:
            yield executor
    else:
        yield None


@contextmanager
def _dask(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        raise WrongUse("--dask needs the extra: pip install 'review[dask]'") from error
    try:
        client = Client(address)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise WrongUse(f"no Dask scheduler answers at {address}: {error}") from error
    with client:
        yield client.get_executor()  # type: ignore[no-untyped-call]


@contextmanager
def _processes(workers: int) -> Iterator[Executor]:
    # The engines start threads of their own, which a fork would leave in an unknown state.
    pool = ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("spawn"), initializer=_leave_interrupts_to_the_parent
    )
    try:
        yield pool
    except BaseException:
        for child in multiprocessing.active_children():
            child.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
