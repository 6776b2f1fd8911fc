"""What the player sends for a correction, checked against what the server makes of it; Chromium runs the module."""

from __future__ import annotations

import random
from pathlib import Path
from urllib.parse import quote

import pytest

from review import corrections
from review.encounter import Correction, CorrectionKind, Role, Span, SpeakerRole, Turn, Word
from tests.conftest import MADE_AT

pytestmark = pytest.mark.browser
STEPS = Path(__file__).parents[2] / "review" / "screens" / "player" / "steps.js"
SECONDS = 60.0
ROLES = (SpeakerRole("S1", Role.OFFICER, 0.9), SpeakerRole("S2", Role.CIVILIAN, 0.9))


@pytest.fixture(scope="module")
def steps(chromium):
    """Calls a function of the module by its name, with plain values."""
    page = chromium.new_page()
    address = "data:text/javascript," + quote(STEPS.read_text("utf-8"))

    def call(name, *values):
        return page.evaluate(
            "async ([address, name, values]) => (await import(address))[name](...values)", [address, name, list(values)]
        )

    yield call
    page.close()


def turn(speaker, start, text):
    words = tuple(Word(one, Span(start + n * 0.4, start + n * 0.4 + 0.36), 0.9) for n, one in enumerate(text.split()))
    return Turn(speaker, words[0].span.cover(words[-1].span), words)


def sent(of):
    words = [[word.text, word.span.start, word.span.end, word.confidence] for word in of.words]
    return {"speaker": of.speaker, "start": of.span.start, "words": words}


def applied(turns, made):
    rows = [
        Correction("ab" * 32, CorrectionKind(one["kind"]), one["speaker"], Span(one["start"], one["end"]), one["was"],
                   one["now"], "reviewer", MADE_AT)
        for one in made
    ]  # fmt: skip
    return corrections.applied(turns, ROLES, rows)


TURNS = (turn("S1", 1, "step out of the car please"), turn("S2", 6, "why what did I do"), turn("S1", 10, "please"))


def test_whatever_is_typed_over_a_line_is_what_the_server_has_then_and_untouched_words_keep_their_times(steps):
    draw = random.Random(11)
    for _ in range(60):
        texts = [word.text for word in TURNS[0].words]
        for _ in range(draw.randint(1, 3)):
            at = draw.randrange(len(texts) + 1)
            texts[at : at + draw.randint(0, 2)] = draw.choices(["now", "the", "car", "sir"], k=draw.randint(0, 2))
        made = steps("reworded", sent(TURNS[0]), " ".join(texts))
        said, _ = applied(TURNS, made)
        mine = [one for one in said if one.span.start < 6]
        assert " ".join(one.text for one in mine) == " ".join(texts)
        same = [word for one in mine for word in one.words if word.confidence != 1.0]
        assert set(same) <= set(TURNS[0].words)
        assert len(made) <= 1


def test_a_line_left_as_it_was_sends_nothing(steps):
    assert steps("reworded", sent(TURNS[0]), "  step out of the  car please ") == []


def test_two_voices_change_places_by_way_of_a_name_that_nobody_has(steps):
    made = steps("swapped", "S1", "S2", ["S1", "S2", "S3"], SECONDS)
    assert [(one["speaker"], one["now"]) for one in made] == [("S1", "S4"), ("S2", "S1"), ("S4", "S2")]
    said, roles = applied(TURNS, made)
    assert [one.speaker for one in said] == ["S2", "S1", "S2"]
    assert {who.speaker: who.role for who in roles} == {"S1": Role.OFFICER, "S2": Role.CIVILIAN}


def test_two_voices_change_roles_and_keep_their_words(steps):
    made = steps("rolesSwapped", [["S1", "officer"], ["S2", "civilian"]], SECONDS)
    said, roles = applied(TURNS, made)
    assert [one.speaker for one in said] == ["S1", "S2", "S1"]
    assert {who.speaker: who.role for who in roles} == {"S1": Role.CIVILIAN, "S2": Role.OFFICER}


def test_chosen_words_of_several_lines_go_to_one_voice_and_no_others(steps):
    pieces = [
        {"speaker": "S1", "words": sent(TURNS[0])["words"][4:]},
        {"speaker": "S2", "words": sent(TURNS[1])["words"][:2]},
    ]
    said, _ = applied(TURNS, steps("given", pieces, "S2"))
    assert [(one.speaker, one.text) for one in said] == [
        ("S1", "step out of the"), ("S2", "car please"), ("S2", "why what did I do"), ("S1", "please"),
    ]  # fmt: skip


def test_a_line_split_and_joined_is_the_line_it_was(steps):
    said, _ = applied(TURNS, steps("split", sent(TURNS[0]), 2))
    assert [one.text for one in said][:2] == ["step out", "of the car please"]
    again, _ = applied(said, steps("joined", sent(said[0]), sent(said[1])))
    assert again == TURNS
