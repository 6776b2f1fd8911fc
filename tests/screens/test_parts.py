from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from review.access import Viewer
from review.casework import Act, Kind, holding
from review.encounter import Answer, Direction, Role, Span, Status, Verdict, VoiceAct, VoiceActKind
from review.screens import parts, player_data
from review.screens.casework_rows import casework_row
from review.screens.viewer import from_user
from review.store import SERIOUS
from review.timeline import Tension

SUPERVISOR = Viewer("s", "A supervisor", "supervisor")
AT = datetime(2025, 3, 1, tzinfo=UTC)


def said(flag: str, answer: Answer, *, by: str = "s", role: str = "supervisor", number: int = 1) -> Verdict:
    return Verdict(f"{by}:{number}", "sha", flag, answer, by, role, AT)


@pytest.fixture
def encounter(shelved):
    return shelved.encounter


@pytest.mark.parametrize(
    "user",
    [{}, {"email": "test@example.com"}, {"user": "s", "name": "S"}, {"user": "", "name": "S", "role": "supervisor"},
     {"user": None, "name": "S", "role": "supervisor"}, {"user": True, "name": "S", "role": "supervisor"}],
)  # fmt: skip
def test_nobody_is_a_viewer_unless_the_gate_told_all_of_id_name_and_role(user):
    assert from_user(user) is None


def test_the_player_gets_every_flag_with_its_words_source_and_doubt(encounter):
    data = player_data.player_data(encounter, SUPERVISOR, at=None, about={"distress": "fear, panic, pleading"})
    assert [flag["id"] for flag in data["flags"]] == [f"flag-{n}" for n in range(1, 7)]
    flag = data["flags"][2]
    assert flag["name"] == "Distress"
    assert flag["about"] == "fear, panic, pleading"
    assert flag["quote"] == "My hands are shaking, I'm scared."
    assert flag["speaker"] == "Civilian (S2)"
    assert (flag["unsure"], flag["speaker_unsure"], flag["confidence"]) == (True, True, 0.55)
    assert flag["source"] == "distress/by-hand@1"
    assert flag["direction_name"] == "Civilian"


def test_the_player_fetches_evidence_by_address_and_is_never_handed_it(encounter):
    data = player_data.player_data(encounter, SUPERVISOR, at=3.0, about={})
    base = f"/api/recordings/{encounter.recording.sha256}"
    assert data["urls"] == {what: f"{base}/{what}" for what in player_data.ADDRESSES}
    assert "corrections" in data["urls"]
    assert "turns" not in data


def test_a_flags_first_and_last_word_are_places_in_the_transcript_that_is_sent(encounter):
    words = [word for turn in player_data.transcript(encounter)["turns"] for word in turn["words"]]
    for flag in player_data.player_data(encounter, SUPERVISOR, at=None, about={})["flags"]:
        assert " ".join(word[0] for word in words[flag["first"] : flag["last"] + 1]) == flag["quote"]


def test_a_word_that_somebody_talks_over_says_who_and_a_silence_has_its_place(encounter):
    first = encounter.turns[0]
    over = replace(first, words=(replace(first.words[0], second="S2"), *first.words[1:]))
    silence = VoiceAct(VoiceActKind.LONG_SILENCE, Span(8.0, 25.5), "", {"seconds": 17.5})
    gap = VoiceAct(VoiceActKind.RESPONSE_GAP, Span(8.0, 11.0), "S2", {"seconds": 3.0})
    sent = player_data.transcript(replace(encounter, turns=(over, *encounter.turns[1:]), acts=(gap, silence)))
    assert sent["turns"][0]["words"][0] == ["Good", 1.0, 1.36, 0.95, "S2"]
    assert sent["turns"][0]["words"][1] == ["evening,", 1.4, 1.76, 0.95]
    assert sent["silences"] == [[8.0, 25.5]]


def test_nothing_is_offered_to_somebody_of_whom_it_is_not_said_that_they_may(encounter):
    data = player_data.player_data(encounter, SUPERVISOR, at=None, about={})
    assert data["may"] == []
    assert data["casework"] == {}
    data = player_data.player_data(encounter, SUPERVISOR, at=None, about={}, may=["praise", "note"], judges=False)
    assert data["may"] == ["note", "praise"]
    assert data["judges"] is False


def test_what_a_mark_carries_besides_its_words_travels_in_plain_words(encounter):
    search = replace(encounter.flags[0], behaviour="search", details={"basis": ["warrant"]})
    assert player_data.flag_row(search, encounter)["facts"] == ["What the officer says it rests on: warrant."]
    assert player_data.flag_row(encounter.flags[0], encounter)["facts"] == []


@pytest.mark.parametrize(("aid", "serious"), [(Status.FLAGGED, False), (Status.UNSURE, True)])
def test_force_is_among_the_serious_ones_of_the_queue_unless_aid_was_marked_for_sure(encounter, aid, serious):
    force, relief = (replace(encounter.flags[0], id=name, behaviour=name) for name in ("force", "medical_aid"))
    flags = (force, replace(relief, status=aid))
    assert player_data.flag_row(force, replace(encounter, flags=flags))["serious"] is serious


def test_the_serious_marks_are_told_apart_and_the_tension_travels_as_bars(encounter):
    flags = (replace(encounter.flags[0], behaviour="threat_of_harm"), encounter.flags[1])
    bars = (parts.Bar(0.0, 0.5, 0.0), parts.Bar(4.0, 1.0, 0.25))
    data = player_data.player_data(replace(encounter, flags=flags), SUPERVISOR, at=None, about={}, tension=bars)
    assert [flag["serious"] for flag in data["flags"]] == [True, False]
    assert all(kind.replace("_", " ") in data["serious_told"] for kind in SERIOUS)
    assert data["tension"] == [[0.0, 0.5, 0.0], [4.0, 1.0, 0.25]]


@pytest.mark.parametrize(
    ("change", "language", "told"),
    [
        ({"confidence": 0.92}, "en", "machine 92 % sure"),
        ({"confidence": 0.55, "status": Status.UNSURE}, "en", "machine 55 % sure"),
        (
            {"confidence": 0.76, "status": Status.UNSURE},
            "en",
            "machine 76 % sure, too little for this kind of mark",
        ),
        (
            {"behaviour": "accusation", "confidence": 0.92, "status": Status.UNSURE},
            "en",
            "unsure: this kind of mark is not reliable enough yet",
        ),
        ({"behaviour": "accusation", "confidence": 0.92}, "en", "machine 92 % sure"),  # of a version that was sure
        ({"behaviour": "accusation", "confidence": 0.6, "status": Status.UNSURE}, "es", "machine 60 % sure"),
        (
            {"role": Role.UNKNOWN, "confidence": 0.8, "status": Status.UNSURE},
            "en",
            "unsure: the machine does not know who says this",
        ),
    ],
)
def test_an_unsure_mark_never_tells_a_percentage_that_contradicts_it(encounter, change, language, told, monkeypatch):
    monkeypatch.setattr(player_data, "UNSURE_ONLY", ("accusation",))  # which of them are is measured with each model
    assert player_data.certainty(replace(encounter.flags[0], **change), language) == told


def test_what_an_officer_answered_travels_by_mark_with_their_name_and_what_was_played_only_to_whoever_played_it():
    def act(kind: Kind, about: str = "", person: str = "o", **body: object) -> Act:
        at = AT + timedelta(minutes=len(kind))  # the longer word later
        return Act(f"{kind}:{about}", "sha", kind, about, body, person, "officer", at)

    work = holding(
        [
            act(Kind.CONTEXT, "flag-1", what="weapon_seen", text="A knife on the seat."),
            act(Kind.ASK_REVIEW, "flag-1", text="I spoke to my partner."),
            act(Kind.LISTENED, "", "s", start=1.0, end=4.5),
        ]
    )
    row = casework_row(work, "s", {"o": "Officer A"})
    told = {"by": "Officer A", "on": "2025-03-01"}
    assert row["said"] == {
        "flag-1": [
            {"name": "Context", "what": "a weapon was seen", "text": "A knife on the seat.", **told},
            {
                "name": "Asked for another person to review it",
                "what": "",
                "text": "I spoke to my partner.",
                **told,
            },
        ]
    }
    assert row["heard"] == [[1.0, 4.5]]
    assert casework_row(work, "o")["heard"] == []


def test_the_time_of_a_recording_is_the_readers_own_and_says_its_zone(encounter):
    def told(name: str) -> str:
        return dict(parts.facts(encounter, zone=ZoneInfo(name)))["Recorded"]

    assert told("Europe/Berlin") == "2025-02-28 22:15 CET"
    assert told("America/Sao_Paulo") == "2025-02-28 18:15 UTC-03"
    assert dict(parts.facts(encounter))["Recorded"] == "2025-02-28 21:15 UTC"


def test_the_facts_say_whose_camera_it_is_or_that_nobody_has_said(encounter):
    assert dict(parts.facts(encounter, whose=("Officer A (4711)", "North")))["Worn by"] == "Officer A (4711), North"
    assert dict(parts.facts(encounter, whose=("", "")))["Worn by"] == "nobody has said yet"
    assert "Worn by" not in dict(parts.facts(encounter))


def test_before_anybody_has_judged_nothing_is_verified(encounter):
    for stands in player_data.standings(encounter.flags, (), viewer="s").values():
        assert stands == {"standing": "unverified", "mine": ""}


def test_each_reviewer_sees_their_own_last_answer_beside_what_all_say(encounter):
    verdicts = (said("flag-1", Answer.AGREE), said("flag-1", Answer.DISAGREE, by="t"))
    assert player_data.standings(encounter.flags, verdicts, viewer="s")["flag-1"] == {
        "standing": "disputed",
        "mine": "agree",
    }
    assert player_data.standings(encounter.flags, verdicts, viewer="t")["flag-1"]["mine"] == "disagree"
    assert player_data.standings(encounter.flags, verdicts, viewer="u")["flag-1"]["mine"] == ""


def test_an_undo_brings_the_answer_before_it_back(encounter):
    verdicts = (said("flag-1", Answer.AGREE), said("flag-1", Answer.DISAGREE), said("flag-1", Answer.UNDO))
    assert player_data.standings(encounter.flags, verdicts, viewer="s")["flag-1"] == {
        "standing": "verified",
        "mine": "agree",
    }


def test_marked_and_verified_are_counted_apart_and_unsure_marks_are_no_marks(encounter):
    verdicts = (said("flag-4", Answer.AGREE), said("flag-5", Answer.DISAGREE))
    counts = {tally.direction: tally for tally in parts.tallies(encounter.flags, verdicts)}
    assert list(counts) == [Direction.DEESCALATING, Direction.ESCALATING, Direction.CIVILIAN, Direction.EVENT]
    civilian = counts[Direction.CIVILIAN]
    assert (civilian.marked, civilian.unsure, civilian.verified, civilian.rejected) == (1, 1, 0, 1)
    assert (civilian.judged, civilian.total) == (1, 2)
    assert (counts[Direction.ESCALATING].verified, counts[Direction.DEESCALATING].judged) == (1, 0)


def test_what_another_officer_said_is_never_counted_for_the_wearer(encounter):
    flags = (*encounter.flags[:3], replace(encounter.flags[3], role=Role.OTHER_OFFICER))
    own, others = parts.apart(flags)
    assert [flag.id for flag in own] == ["flag-1", "flag-2", "flag-3"]
    assert [flag.id for flag in others] == ["flag-4"]


def test_an_answer_of_somebody_who_may_not_confirm_verifies_nothing(encounter):
    verdicts = (said("flag-4", Answer.AGREE, by="o", role="officer"),)
    assert all(tally.judged == 0 for tally in parts.tallies(encounter.flags, verdicts))


def test_a_search_hit_leads_to_the_word_and_not_to_the_start_of_the_turn(encounter):
    turn = encounter.turns[5]
    word = next(word for word in turn.words if word.text == "shouting")
    assert parts.word_at(encounter, turn.span.start, query="SHOUTING") == word.span.start
    assert parts.word_at(encounter, turn.span.start, query="nowhere") == turn.span.start


def test_a_word_with_an_apostrophe_is_found(encounter):
    turn = encounter.turns[3]
    word = next(word for word in turn.words if word.text == "I'm")
    assert parts.word_at(encounter, turn.span.start, query="i'm scared") == word.span.start


def test_an_encounter_without_speech_has_an_empty_transcript_and_no_counts(encounter):
    silent = replace(encounter, turns=(), flags=(), roles=())
    assert player_data.transcript(silent)["turns"] == []
    assert parts.tallies(silent.flags, ()) == ()
    assert dict(parts.facts(silent))["Speakers"] == "0"


def test_a_long_tension_curve_becomes_few_bars_that_keep_its_peaks():
    values = tuple(4.0 if number == 201 else 1.0 for number in range(241))
    bars = parts.tension_bars(Tension(15.0, values, (0.0,) * 241))
    assert len(bars) <= parts.CURVE_BARS
    assert max(bar.marked for bar in bars) == 1.0
    [peak] = [bar for bar in bars if bar.marked == 1.0]
    assert peak.at <= 201 * 15.0 < peak.at + 3 * 15.0
    assert {bar.verified for bar in bars} == {0.0}


def test_a_curve_that_nothing_moves_has_no_bars():
    assert parts.tension_bars(Tension(1.0, (0.0, 0.0), (0.0, 0.0))) == ()
