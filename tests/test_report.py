import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime

import pysubs2
import pytest

from review import report
from review.encounter import Answer, ModelUse, Role, Span, SpeakerRole, Turn, Verdict, Word
from review.encounter_json import from_dict
from review.errors import OutputError
from review.report import Format, render

AT = datetime(2026, 3, 1, tzinfo=UTC)


def said_of(shelved, flag="flag-1", answer=Answer.AGREE):
    return [Verdict("c:1", shelved.sha256, flag, answer, "reviewer-1", "supervisor", AT)]


def one_turn(encounter, text, *, each=0.4):
    words = tuple(Word(word, Span(n * each, n * each + each), 0.9) for n, word in enumerate(text.split()))
    turn = Turn("S1", Span(0, words[-1].span.end), words)
    return replace(encounter, turns=(turn,), roles=(SpeakerRole("S1", Role.OFFICER, 0.9),), flags=())


def test_json_holds_the_whole_encounter_and_where_each_flag_stands(shelved):
    raw = json.loads(render(shelved.encounter, Format.JSON, verdicts=said_of(shelved)))
    assert from_dict(raw) == shelved.encounter
    assert [flag["standing"] for flag in raw["flags"]][:2] == ["verified", "unverified"]
    assert raw["timeline"]["behaviours"]["reason_for_stop"]["verified"] == 1


def test_csv_has_a_row_for_each_flag(shelved):
    rows = list(csv.DictReader(io.StringIO(render(shelved.encounter, Format.CSV, verdicts=said_of(shelved)))))
    assert [row["behaviour"] for row in rows] == [flag.behaviour for flag in shelved.encounter.flags]
    assert rows[0]["standing"] == "verified"
    assert rows[2]["status"] == "unsure"
    assert rows[0]["quote"] == shelved.encounter.flags[0].quote


@pytest.mark.parametrize("quote", ["=1+1", "+1", "-1", "@x", "\t=1"])
def test_no_quote_becomes_a_formula_in_a_spreadsheet(shelved, quote):
    flags = (replace(shelved.encounter.flags[0], quote=quote),)
    [row] = csv.DictReader(io.StringIO(render(replace(shelved.encounter, flags=flags), Format.CSV)))
    assert row["quote"] == f"'{quote}"


def test_webvtt_can_be_read_back_with_times_and_speakers(shelved):
    text = render(shelved.encounter, Format.VTT)
    assert "<v Officer S1>" in text
    cues = pysubs2.SSAFile.from_string(text, format_="vtt")
    assert cues[0].start == 1000
    heard = " ".join(cue.plaintext.replace("\n", " ") for cue in cues)
    assert heard.split() == [word.text for word in shelved.encounter.words]


def test_a_long_turn_becomes_short_cues(shelved):
    text = render(one_turn(shelved.encounter, "word " * 100), Format.VTT)
    cues = pysubs2.SSAFile.from_string(text, format_="vtt")
    assert len(cues) > 5
    assert all(cue.end - cue.start <= 1000 * (report.CUE_SECONDS + 0.4) for cue in cues)


def test_what_was_said_cannot_break_out_of_a_cue(shelved):
    text = render(one_turn(shelved.encounter, "<b> --> & </v>"), Format.VTT)
    assert "&lt;b&gt; --&gt; &amp; &lt;/v&gt;" in text


def test_markdown_says_that_it_advises_and_shows_the_evidence(shelved):
    text = render(shelved.encounter, Format.MD, verdicts=said_of(shelved))
    assert text.startswith("# stop\\_at\\_night.wav\n")
    assert report.ADVICE in text
    assert "- Recorded: 2025-02-28 21:15 UTC" in text
    assert "- Remark: The second speaker is far from the camera." in text
    assert "| deescalating | 2 | 0 | 1 |" in text
    assert "| civilian | 1 | 1 | 0 |" in text
    cells = ("0:03", "reason_for_stop", shelved.encounter.flags[0].quote, "S1 (officer)", "0.93", "flagged", "verified")
    assert "| " + " | ".join(cells) in text
    assert "- **0:01 S1 (officer)** Good evening, I'm with the county police." in text


def test_markdown_tells_the_encounter_first_with_times_flags_and_people_apart(shelved):
    text = render(shelved.encounter, Format.MD, verdicts=said_of(shelved, "flag-4"))
    assert text.index("## What this encounter tells") < text.index("## Orders") < text.index("## Marked moments")
    assert (
        "- Marked as escalating words of the officer: ultimatum 1; verified by people: 1. → **0:20** ultimatum" in text
    )
    order = "| 0:29 | Officer | Step out of the car now. | not told | not told | not given again soon | nothing heard |"
    assert order + " flagged | unverified | `flag-6` |" in text
    assert "| neutrality | officer | heard | reason_for_stop `flag-1` | 0 |  |" in text
    assert "| voice | officer | not heard |  | 0 |  |" in text
    assert "Nothing heard is not nothing done" in text
    assert "| Civilian | 0:08 | " in text


def test_markdown_names_the_voice_that_said_a_line_and_the_one_that_answered_an_order(shelved):
    ordered = replace(shelved.encounter.flags[3], behaviour="order")
    flags = (*shelved.encounter.flags[:3], ordered, *shelved.encounter.flags[4:])
    text = render(replace(shelved.encounter, flags=flags), Format.MD)
    assert "**0:13** a line of the officer S1; **0:17** S2 is hotter (unsure): `flag-2`, `flag-3`" in text
    assert "| not given again soon | other words by S2 at 0:26 |" in text


def test_markdown_tells_beside_the_words_what_a_search_is_said_to_rest_on(shelved):
    search = replace(
        shelved.encounter.flags[0], behaviour="search", quote="I'll search it.", details={"basis": ["warrant"]}
    )
    text = render(replace(shelved.encounter, flags=(search,)), Format.MD)
    assert "| search | I'll search it. (What the officer says it rests on: warrant.) |" in text


def test_json_holds_what_the_encounter_tells(shelved):
    told = json.loads(render(shelved.encounter, Format.JSON, verdicts=said_of(shelved)))["timeline"]
    assert [moment["flag"] for moment in told["summary"][0]["moments"]] == ["", "flag-1", "flag-6"]
    assert told["pillars"]["neutrality"]["items"]["reason_for_stop"]["verified_flags"] == ["flag-1"]
    assert told["orders"][0]["flag"] == "flag-6"


def test_what_was_said_cannot_become_markdown(shelved):
    text = render(one_turn(shelved.encounter, "<script> [link](x) | # *bold*"), Format.MD)
    assert "\\<script\\> \\[link\\](x) \\| \\# \\*bold\\*" in text


def test_every_format_says_which_recording_and_revision_it_is_and_that_a_machine_marked_it(shelved):
    bare = replace(shelved.encounter, flags=(), revision=3)
    for form in Format:
        text = render(bare, form)
        assert shelved.sha256 in text
        assert report.MACHINE in text
    assert json.loads(render(bare, Format.JSON))["revision"] == 3
    assert "- Revision: 3" in render(bare, Format.MD)
    assert "\nRevision 3\n" in render(bare, Format.VTT)
    [row] = csv.DictReader(io.StringIO(render(bare, Format.CSV)))
    assert (row["recording"], row["revision"], row["behaviour"]) == (shelved.sha256, "3", "")


def test_a_model_without_a_checksum_is_not_printed_with_an_empty_one(shelved):
    models = (ModelUse("speech", "somebody's", "1"), ModelUse("voices", "titanet", "2", "ab" * 32))
    made = replace(shelved.encounter, provenance=replace(shelved.encounter.provenance, models=models))
    raw = json.loads(render(made, Format.JSON))
    assert [model.get("sha256") for model in raw["provenance"]["models"]] == [None, "ab" * 32]
    assert from_dict(raw) == made
    text = render(made, Format.MD)
    assert "``" not in text
    assert "- speech: somebody's 1 (no checksum kept)\n- voices: titanet 2 abababababab\n" in text


def test_an_encounter_without_words_says_so(shelved):
    text = render(replace(shelved.encounter, turns=(), flags=()), Format.MD)
    assert "No speech was recognised." in text
    assert "No moments were marked." in text


def test_a_report_is_written_whole_or_not_at_all(tmp_path):
    report.save("text\r\n", tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == b"text\r\n"
    with pytest.raises(OutputError, match="nowhere"):
        report.save("text", tmp_path / "nowhere" / "a.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
