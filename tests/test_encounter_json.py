import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.encounter import (
    Direction,
    Encounter,
    Flag,
    ModelUse,
    Provenance,
    Recording,
    Role,
    Span,
    SpeakerRole,
    Status,
    Turn,
    Word,
)
from review.encounter_json import from_dict, from_json, to_dict, to_json
from review.errors import UnreadableEncounter

share = st.floats(0, 1).map(lambda number: round(number, 4))
words = st.builds(
    lambda text, start, length, confidence: Word(text, Span(start, start + length), confidence),
    st.text(min_size=1, max_size=12),
    st.floats(0, 4000),
    st.floats(0, 2),
    share,
)
turns = st.builds(
    lambda speaker, said: Turn(speaker, Span(0, 1), tuple(said)),
    st.sampled_from(["S1", "S2"]),
    st.lists(words, max_size=4),
)
flags = st.builds(
    Flag,
    id=st.text("0123456789abcdef", min_size=12, max_size=12),
    behaviour=st.sampled_from(["order", "empathy"]),
    direction=st.sampled_from(Direction),
    span=st.just(Span(0.5, 1.25)),
    first=st.integers(0, 9),
    last=st.integers(10, 19),
    quote=st.text(max_size=20),
    speaker=st.just("S1"),
    role=st.sampled_from(Role),
    confidence=share,
    status=st.sampled_from(Status),
    source=st.just("rule:order/step-out@1"),
    modifiers=st.sampled_from([(), ("negated",), ("reported", "directed")]),
    details=st.dictionaries(
        st.text(max_size=8), st.none() | st.booleans() | st.integers() | st.text(max_size=8), max_size=3
    ),
)
encounters = st.builds(
    Encounter,
    recording=st.builds(
        Recording,
        sha256=st.just("ab" * 32),
        name=st.text(max_size=20),
        seconds=st.floats(0, 4000),
        recorded_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    ),
    language=st.sampled_from(["en", "es"]),
    turns=st.lists(turns, max_size=4).map(tuple),
    roles=st.just((SpeakerRole("S1", Role.OFFICER, 0.9), SpeakerRole("S2", Role.CIVILIAN, 0.6))),
    flags=st.lists(flags, max_size=4).map(tuple),
    provenance=st.builds(
        Provenance,
        software=st.just("bodycam-review 0.1"),
        made_at=st.datetimes(timezones=st.just(UTC)),
        models=st.just((ModelUse("speech", "base", "1", "cd" * 32),)),
        remarks=st.lists(st.text(max_size=10), max_size=2).map(tuple),
    ),
    revision=st.integers(1, 9),
)


@given(encounters)
def test_what_is_written_is_read_back_the_same(encounter):
    assert from_json(to_json(encounter)) == encounter


def test_the_json_is_what_other_programs_were_promised():
    said = Word("Hello.", Span(1.2, 1.6), 0.98)
    plain = Encounter(
        Recording("ab" * 32, "stop.mp4", 60.0),
        "en",
        (Turn("S1", Span(1.2, 1.6), (said,)),),
        (SpeakerRole("S1", Role.OFFICER, 0.93),),
        (),
        Provenance("x", datetime(2026, 1, 1, tzinfo=UTC)),
    )
    raw = to_dict(plain)
    assert raw["format"] == 1
    assert raw["recording"]["sha256"] == "ab" * 32
    assert raw["turns"] == [
        {
            "speaker": "S1",
            "role": "officer",
            "role_confidence": 0.93,
            "start": 1.2,
            "end": 1.6,
            "text": "Hello.",
            "words": [{"text": "Hello.", "start": 1.2, "end": 1.6, "confidence": 0.98}],
        }
    ]


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"format": 2}', '{"format": 1}', '{"format": 1, "turns": 3}'])
def test_what_is_no_encounter_is_refused_in_plain_words(text):
    with pytest.raises(UnreadableEncounter) as refusal:
        from_json(text)
    assert "encounter" in str(refusal.value)


def test_a_damaged_word_is_refused(handmade_json):
    handmade_json["turns"][0]["words"][0]["end"] = -1
    with pytest.raises(UnreadableEncounter, match="damaged"):
        from_dict(handmade_json)


@pytest.fixture
def handmade_json(shelved):
    return json.loads(to_json(shelved.encounter))
