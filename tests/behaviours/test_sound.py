import json

import pytest

from review import behaviours
from review.encounter import Direction, Role, Span, SpeakerRole, Status, VoiceAct, VoiceActKind

OFFICER, OTHER, CIVILIAN, UNKNOWN = Role.OFFICER, Role.OTHER_OFFICER, Role.CIVILIAN, Role.UNKNOWN
LINES = ((OFFICER, "Nice and slow."), (CIVILIAN, "I was just going home and"), (OFFICER, "I don't care. Get out."))
RAISED = {"decibels": 8.1, "semitones": None, "seconds_of_speech": 31.0}
BROKEN = {"overlap_seconds": 0.7, "stopped_after_seconds": 0.7, "went_on_seconds": 2.0, "unfinished": True}


def flagged(talk, behaviour, *acts, lines=LINES, **how):
    turns, roles = talk(*lines)
    return [flag for flag in behaviours.tag(turns, roles, acts=acts, **how) if flag.behaviour == behaviour]


def raised(speaker, start, end):
    return VoiceAct(VoiceActKind.RAISED_VOICE, Span(start, end), speaker.value, RAISED)


def interruption(speaker, of, start=3.7, end=4.6):
    return VoiceAct(VoiceActKind.INTERRUPTION, Span(start, end), speaker.value, {"of": of.value, **BROKEN})


def test_a_raised_voice_is_a_signal_on_the_words_said_meanwhile_and_carries_its_values(talk):
    [flag] = flagged(talk, "raised_voice", raised(OFFICER, 3.7, 4.6))
    assert flag.direction is Direction.SIGNAL
    assert (flag.first, flag.last, flag.quote) == (9, 11, "I don't care.")
    assert flag.details == RAISED
    assert flag.source == "rule:sound/raised-voice@1"
    assert (flag.speaker, flag.role) == ("officer", OFFICER)
    assert json.loads(json.dumps(flag.details)) == RAISED


def test_a_raised_voice_is_never_sure_until_its_accuracy_on_real_recordings_is_known(talk):
    [flag] = flagged(talk, "raised_voice", raised(OFFICER, 3.7, 4.6), settings=behaviours.Settings(threshold=0.1))
    assert flag.confidence > 0.1
    assert flag.status is Status.UNSURE


def test_a_civilian_can_raise_the_voice_and_a_radio_cannot(talk):
    [flag] = flagged(talk, "raised_voice", raised(CIVILIAN, 1.4, 3.2))
    assert (flag.role, flag.quote) == (CIVILIAN, "I was just going home and")
    assert not flagged(talk, "raised_voice", raised(Role.RADIO, 0.0, 0.9), lines=((Role.RADIO, "Unit seven, copy."),))


def test_an_officer_who_talks_over_a_person_is_flagged_with_the_values(talk):
    [flag] = flagged(talk, "interruption", interruption(OFFICER, CIVILIAN))
    assert (flag.quote, flag.direction, flag.status) == ("I don't care.", Direction.SIGNAL, Status.UNSURE)
    assert flag.details == {"of": "civilian", **BROKEN}
    assert flag.source == "rule:sound/interruption@1"


@pytest.mark.parametrize(
    ("speaker", "of", "known"),
    [
        (OFFICER, CIVILIAN, True),
        (OTHER, CIVILIAN, True),
        (UNKNOWN, CIVILIAN, True),
        (OFFICER, UNKNOWN, True),
        (CIVILIAN, OFFICER, False),
        (OFFICER, OTHER, False),
        (OTHER, OFFICER, False),
        (UNKNOWN, UNKNOWN, False),
        (OFFICER, Role.RADIO, False),
    ],
)
def test_only_police_interrupt_and_only_a_person_is_interrupted(speaker, of, known, talk):
    turns, _ = talk((OFFICER, "Nice and slow."), (CIVILIAN, "I was just going home and"))
    roles = (SpeakerRole("officer", speaker, 1.0), SpeakerRole("civilian", of, 1.0))
    act = VoiceAct(VoiceActKind.INTERRUPTION, Span(0.0, 0.9), "officer", {"of": "civilian", **BROKEN})
    found = [flag for flag in behaviours.tag(turns, roles, acts=[act]) if flag.behaviour == "interruption"]
    assert bool(found) is known
    assert all(flag.status is Status.UNSURE for flag in found if speaker is UNKNOWN)


def test_other_acts_and_acts_without_words_make_no_flag(talk):
    others = [
        VoiceAct(kind, Span(0.0, 4.6), "officer", {})
        for kind in VoiceActKind
        if kind not in {VoiceActKind.RAISED_VOICE, VoiceActKind.INTERRUPTION}
    ]
    turns, roles = talk(*LINES)
    assert behaviours.tag(turns, roles, acts=others) == behaviours.tag(turns, roles)
    assert not flagged(talk, "raised_voice", raised(OFFICER, 1.5, 3.0))  # somebody else's words
    assert not flagged(talk, "raised_voice", raised(OFFICER, 30.0, 31.0))


def test_the_same_acts_give_the_same_ids_whatever_was_measured(talk):
    act = raised(OFFICER, 3.7, 4.6)
    louder = VoiceAct(act.kind, act.span, act.speaker, {**RAISED, "decibels": 9.9})
    [one], [other] = (flagged(talk, "raised_voice", each, seed="a") for each in (act, louder))
    assert one.id == other.id
    assert one.id != flagged(talk, "raised_voice", act, seed="b")[0].id
