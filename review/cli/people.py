"""The commands about voices: put right who a speaker is, and keep officers' voice profiles."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from review import pipeline, policy, revisions, voice_profiles
from review.access import Action
from review.cli.console import put_json, say, show_table
from review.cli.options import PolicyFile, marking_settings
from review.cli.root import AsJson, Database, app
from review.cli.who import User, Why, entry, log_in, opened
from review.encounter import Correction, CorrectionKind, Role, Span
from review.errors import WrongUse
from review.store import fingerprint, open_store

By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who says so.  [default: the account's name]")]


@app.command()
def correct(
    recording: Annotated[str, typer.Argument(metavar="ID", help="The first digits of a recording's sha256.")],
    speaker: Annotated[str, typer.Option(help="Whose words, such as S2.")],
    role: Annotated[Role | None, typer.Option(help="Who this speaker is.")] = None,
    same_as: Annotated[str | None, typer.Option(metavar="SPEAKER", help="The speaker whose voice it is.")] = None,
    start: Annotated[float, typer.Option(help="Second from which this holds.")] = 0.0,
    end: Annotated[float | None, typer.Option(help="Second until which this holds.  [default: the end]")] = None,
    by: By = None,
    agency: PolicyFile = None,
    user: User = None,
    purpose: Why = None,
    db: Database = None,
) -> None:
    """Put right who a speaker is: all of that speaker's words change, and the marks are made anew as a new revision.

    Example: `bodycam-review correct 3f9a --speaker S2 --role officer`
    """
    if (role is None) == (same_as is None):
        raise WrongUse("say one thing: --role ROLE, or --same-as SPEAKER")
    if role and (start or end is not None):
        raise WrongUse("a role holds for the whole recording; --start and --end go with --same-as")
    settings = marking_settings(policy.current(agency))
    with open_store(db) as store:
        sha256 = store.find(recording)
        desk = opened(store, user, sha256, purpose=purpose, action=Action.CORRECT)
        encounter = store.encounter(sha256)
        until = encounter.recording.seconds if end is None else end
        if until <= start:
            raise WrongUse(f"--end ({until}) must come after --start ({start})")
        made = Correction(
            recording=encounter.recording.sha256,
            kind=CorrectionKind.ROLE if role else CorrectionKind.SPEAKER,
            speaker=speaker,
            span=Span(start, until),
            was=encounter.role_of(speaker).role.value if role else speaker,
            now=role.value if role else str(same_as),
            reviewer=desk.viewer.user if desk else by or getpass.getuser(),
            at=pipeline.now(),
        )
        after = revisions.corrected(encounter, [made], settings)
        with store.casebook(write=True) as book:
            book.correct(after, [made])
            log_in(book, desk, Action.CORRECT, sha256, revision=after.revision, digest=fingerprint([made]))
    say(f"revision {after.revision}: {made.speaker} is {made.now}; {len(after.flags)} marks to check")


voice = typer.Typer(no_args_is_help=True, help="Voice profiles of officers who consented in writing.")
app.add_typer(voice, name="voice")


@voice.command("add")
def add_profile(
    officer: Annotated[str, typer.Argument(metavar="OFFICER", help="The agency's id of the officer.")],
    recording: Annotated[Path, typer.Argument(metavar="FILE", help="The officer speaking alone, 20 seconds or more.")],
    consent: Annotated[Path, typer.Option(metavar="FILE", help="The officer's written consent; its checksum is kept.")],
    by: By = None,
    db: Database = None,
) -> None:
    """Keep how an officer's voice sounds, so that later recordings tell this officer from others.

    Example: `bodycam-review voice add 4711 reading.wav --consent consent-4711.pdf`
    """
    profile = voice_profiles.enrol(recording, officer, consent=consent, by=by or getpass.getuser(), at=pipeline.now())
    told = {"officer": officer, "consent": profile.consent, "consent_sha256": profile.consent_sha256}
    with open_store(db) as store:
        store.add_voice_profile(profile, entry=entry("add_voice_profile", added_by=profile.added_by, **told))
    say(f"the voice of {officer} is known now; `bodycam-review voice delete {officer}` forgets it")


@voice.command("list")
def list_profiles(as_json: AsJson = False, db: Database = None) -> None:
    """Show whose voices are known, and by which consent.

    Example: `bodycam-review voice list`
    """
    with open_store(db) as store:
        profiles = store.voice_profiles()
    old = voice_profiles.outdated(profiles)
    told = [
        {
            "officer": one.officer,
            "consent": one.consent,
            "consent_sha256": one.consent_sha256,
            "added_by": one.added_by,
            "added_at": one.added_at.isoformat(timespec="seconds"),
            "usable": one.officer not in old,
        }
        for one in profiles
    ]
    if as_json:
        for row in told:
            put_json(row)
    elif told:
        rows = [
            (
                *(str(row[key])[:40] for key in ("officer", "consent", "added_by", "added_at")),
                "yes" if row["usable"] else "no",
            )
            for row in told
        ]
        show_table("Known voices", ("officer", "consent", "added by", "added", "usable"), rows)
    else:
        say("no voice is known")
    for officer in old:
        say(f"{officer}: made by another model; delete this profile and add it again")


@voice.command("delete")
def delete_profile(
    officer: Annotated[str, typer.Argument(metavar="OFFICER", help="The agency's id of the officer.")],
    db: Database = None,
) -> None:
    """Forget an officer's voice for good, as when the consent is withdrawn.

    Example: `bodycam-review voice delete 4711`
    """
    with open_store(db) as store:
        store.delete_voice_profile(officer, entry=entry("delete_voice_profile", officer=officer))
    say(f"the voice of {officer} is forgotten")
