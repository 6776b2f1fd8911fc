import io
import json
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review import transcripts
from review.encounter import Direction, Flag, Role, Span, Status
from review.errors import UnreadableTranscript
from review.transcripts import Format, Line, line_flags, read, to_turns


def flag(first, last, behaviour="order"):
    return Flag(
        "f",
        behaviour,
        Direction.EVENT,
        Span(0, 1),
        first,
        last,
        "x",
        "S",
        Role.OFFICER,
        0.9,
        Status.FLAGGED,
        "rule:r@1",
    )


def written(tmp_path, text, name="t.jsonl"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_line_of_json_may_leave_out_all_but_its_text(tmp_path):
    lines, bad = read(written(tmp_path, '{"text": "Step out."}\n'), Format.JSONL)
    assert lines == (Line("", Role.UNKNOWN, "Step out.", None, None, 1),)
    assert bad == ()


def test_blank_lines_are_passed_over_and_counted(tmp_path):
    lines, _ = read(written(tmp_path, '\n  \n{"text": "a"}\r\n\n{"text": "b"}'), Format.JSONL)
    assert [line.number for line in lines] == [3, 5]


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("nonsense", "not JSON"),
        ("[1]", "JSON list"),
        ('"text"', "JSON str"),
        ("{}", "no text"),
        ('{"text": 3}', "no text"),
        ('{"text": "a", "role": "sheriff"}', "'sheriff'"),
        ('{"text": "a", "role": ["officer"]}', "role"),
        ('{"text": "a", "speaker": 3}', "speaker"),
        ('{"text": "a", "start": "1"}', "start"),
        ('{"text": "a", "start": true}', "start"),
        ('{"text": "a", "start": -1}', "start"),
        ('{"text": "a", "end": NaN}', "end"),
        ('{"text": "a", "start": 2, "end": 1}', "before it starts"),
        ("[" * 100_000, "JSON"),
    ],
)
def test_a_bad_line_is_named_and_the_good_ones_still_answer(tmp_path, raw, why):
    lines, [bad] = read(written(tmp_path, f'{{"text": "good"}}\n{raw}\n{{"text": "too"}}\n'), Format.JSONL)
    assert [line.text for line in lines] == ["good", "too"]
    assert bad.number == 2
    assert why in bad.message or "nested too deeply" in bad.message


def test_standard_input_is_read_to_its_end(monkeypatch):
    monkeypatch.setattr(transcripts.sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b'{"text": "a"}')))
    lines, _ = read(transcripts.STANDARD_INPUT, Format.JSONL)
    assert lines[0].text == "a"


def test_a_subtitle_names_its_speaker_by_voice_tag_or_by_name(tmp_path):
    text = (
        "WEBVTT\n\n00:01.000 --> 00:02.500\n<v Officer A>Step <i>out</i>\nof the car\n\n"
        "00:03.000 --> 00:04.000\nCivilian: Why?\n\n00:05.000 --> 00:06.000\nnobody said\n"
    )
    lines, _ = read(written(tmp_path, text, "a.vtt"), Format.VTT)
    assert lines[0] == Line("Officer A", Role.OFFICER, "Step out of the car", 1.0, 2.5, 1)
    assert lines[1] == Line("Civilian", Role.CIVILIAN, "Why?", 3.0, 4.0, 2)
    assert lines[2] == Line("", Role.UNKNOWN, "nobody said", 5.0, 6.0, 3)


def test_subrip_is_read_as_webvtt_is(tmp_path):
    text = "1\n00:00:01,000 --> 00:00:02,500\nOther officer: Ease up\n"
    [line], _ = read(written(tmp_path, text, "a.srt"), Format.SRT)
    assert line == Line("Other officer", Role.OTHER_OFFICER, "Ease up", 1.0, 2.5, 1)


def test_plain_text_may_name_its_speakers(tmp_path):
    lines, _ = read(written(tmp_path, "Officer: Hello there.\n\nI was at 10:30 there\n", "a.txt"), Format.TXT)
    assert [(line.speaker, line.role, line.text, line.number) for line in lines] == [
        ("Officer", Role.OFFICER, "Hello there.", 1),
        ("", Role.UNKNOWN, "I was at 10:30 there", 3),
    ]


@pytest.mark.parametrize("form", [Format.VTT, Format.SRT])
def test_what_is_no_subtitle_file_is_refused(tmp_path, form):
    with pytest.raises(UnreadableTranscript, match=r"a\.sub"):
        read(written(tmp_path, "just some words\nand more\n", "a.sub"), form)


def test_what_is_no_text_is_refused(tmp_path):
    path = tmp_path / "sound.wav"
    path.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(UnreadableTranscript, match="not UTF-8"):
        read(path, Format.TXT)
    with pytest.raises(UnreadableTranscript, match="could not be read"):
        read(tmp_path / "none.txt", Format.TXT)


def test_words_are_spread_over_their_line_and_lines_follow_each_other():
    turns, roles = to_turns(
        [Line("A", Role.OFFICER, "one two", 1.0, 2.0), Line("A", Role.OFFICER, "three"), Line("B", Role.UNKNOWN, "")]
    )
    assert [word.span for word in turns[0].words] == [Span(1.0, 1.5), Span(1.5, 2.0)]
    assert turns[1].span == Span(2.0, 2.4)
    assert turns[2].words == ()
    assert [(role.role, role.confidence) for role in roles] == [(Role.OFFICER, 1.0), (Role.UNKNOWN, 0.0)]


def test_lines_without_a_speaker_keep_the_role_they_state():
    turns, roles = to_turns([Line("", Role.OFFICER, "a"), Line("", Role.CIVILIAN, "b")])
    assert [role.role for role in roles] == [Role.OFFICER, Role.CIVILIAN]
    assert turns[0].speaker != turns[1].speaker


def test_a_flag_that_crosses_lines_sits_on_its_last_one():
    lines = [Line("A", Role.OFFICER, "step out of", number=1), Line("A", Role.OFFICER, "the car, please", number=2)]
    turns, _ = to_turns(lines)
    answers = line_flags(lines, turns, [flag(0, 4)])
    assert answers[0]["flags"] == []
    assert answers[1]["flags"][0]["quote"] == "the car"


@given(st.lists(st.text(max_size=30), max_size=5), st.data())
def test_a_quote_is_always_what_its_offsets_say(texts, data):
    lines = [Line("A", Role.OFFICER, text, number=n) for n, text in enumerate(texts, start=1)]
    turns, _ = to_turns(lines)
    count = sum(len(turn.words) for turn in turns)
    assert count == sum(len(text.split()) for text in texts)
    if not count:
        return
    first = data.draw(st.integers(0, count - 1))
    last = data.draw(st.integers(first, count - 1))
    [found] = [(line, one) for line in line_flags(lines, turns, [flag(first, last)]) for one in line["flags"]]
    line, one = found
    assert line["text"][one["start_char"] : one["end_char"]] == one["quote"]
    json.dumps(line)


def test_offsets_count_code_points_however_odd_the_text():
    text = "👮🏽‍♀️  Bitte,\ttreten Sie é zurück"
    lines = [Line("A", Role.OFFICER, text)]
    turns, _ = to_turns(lines)
    [answer] = line_flags(lines, turns, [flag(1, 1)])
    assert answer["flags"][0]["quote"] == "Bitte"
    assert text[answer["flags"][0]["start_char"] :].startswith("Bitte")
