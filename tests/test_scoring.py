import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from review.encounter import (
    Direction,
    Encounter,
    Flag,
    Provenance,
    Recording,
    Role,
    Span,
    SpeakerRole,
    Status,
    Turn,
    Word,
)
from review.errors import UnreadableGold
from review.scoring import (
    Bin,
    Found,
    Gold,
    Mark,
    Utterance,
    WordErrors,
    by_noise,
    by_tenths,
    gold_files,
    noise_band,
    read_gold,
    score,
    together,
    voice_errors,
)

SAMPLES = Path(__file__).parents[1] / "samples"
OFFICER = Utterance("officer_a", Role.OFFICER, Span(1.0, 3.0), "Step out of the car, please.")
CIVILIAN = Utterance("civilian_a", Role.CIVILIAN, Span(4.0, 5.0), "Why? I did nothing.")


def gold(*utterances, held_out=False):
    return Gold("made up", Path("x.wav"), held_out, utterances)


def encounter(*turns, roles=(("S1", "officer"), ("S2", "civilian")), flags=()):
    return Encounter(
        Recording("ab" * 32, "x.wav", 10.0),
        "en",
        tuple(turns),
        tuple(SpeakerRole(speaker, Role(role), 0.9) for speaker, role in roles),
        tuple(flags),
        Provenance("test", datetime(2026, 1, 1, tzinfo=UTC)),
    )


def turn(speaker, start, end, text):
    said = text.split()
    length = (end - start) / len(said)
    words = [Word(word, Span(start + n * length, start + (n + 1) * length), 0.9) for n, word in enumerate(said)]
    return Turn(speaker, Span(start, end), tuple(words))


def flag(behaviour, start, *, status=Status.FLAGGED):
    span = Span(start, start + 0.5)
    return Flag(
        f"{behaviour}{start}", behaviour, Direction.EVENT, span, 0, 0, "x", "S1", Role.OFFICER, 0.9, status, "r"
    )


PERFECT = (turn("S1", 1.0, 3.0, "Step out of the car, please."), turn("S2", 4.0, 5.0, "Why? I did nothing."))


def test_what_was_heard_right_has_no_errors():
    found = score(encounter(*PERFECT), gold(OFFICER, CIVILIAN))
    assert found.words.errors == WordErrors(words=10)
    assert found.words.errors.rate == 0.0
    assert (found.words.role_words, found.words.role_right) == (10, 10)
    assert found.words.right_speaker == found.words.recognised == 10
    assert found.words.start_error == 0.0
    assert [voices.rate for voices in found.voices.values()] == [0.0, 0.0]


def test_numbers_and_contractions_are_compared_as_they_sound():
    said = Utterance("o", Role.OFFICER, Span(0, 2), "You're doing fifty-two in a thirty-five.")
    heard = turn("S1", 0, 2, "You are doing 52 in a 35.")
    assert score(encounter(heard), gold(said)).words.errors.rate == 0.0


def test_each_kind_of_word_error_is_counted():
    heard = (turn("S1", 1.0, 3.0, "Step out out of car, cheese."), PERFECT[1])
    errors = score(encounter(*heard), gold(OFFICER, CIVILIAN)).words.errors
    assert (errors.inserted, errors.deleted, errors.substituted) == (1, 1, 1)
    assert errors.rate == pytest.approx(0.3)


def test_hearing_words_where_none_were_said_is_all_insertions():
    errors = score(encounter(PERFECT[0]), gold()).words.errors
    assert errors == WordErrors(inserted=6)


def test_words_given_to_the_wrong_role_are_counted():
    swapped = encounter(*PERFECT, roles=(("S1", "civilian"), ("S2", "civilian")))
    found = score(swapped, gold(OFFICER, CIVILIAN))
    assert (found.words.role_words, found.words.role_right) == (10, 4)


def test_a_voice_taken_for_another_is_confusion():
    one_voice = encounter(*(replace(turn, speaker="S1") for turn in PERFECT))
    errors = voice_errors(one_voice, gold(OFFICER, CIVILIAN), 0.0)
    assert errors.confused == pytest.approx(1.0)
    assert errors.speech == pytest.approx(3.0)


def test_the_collar_leaves_out_a_quarter_second_on_each_side():
    late = (turn("S1", 1.2, 3.0, "Step out of the car, please."), PERFECT[1])
    assert voice_errors(encounter(*late), gold(OFFICER, CIVILIAN), 0.0).missed == pytest.approx(0.2)
    assert voice_errors(encounter(*late), gold(OFFICER, CIVILIAN), 0.25).missed == 0.0


def test_a_mark_meets_one_flag_of_its_kind_near_it():
    marked = replace(OFFICER, marks=(Mark("order", "Step out", OFFICER.span), Mark("courtesy", "please", OFFICER.span)))
    flags = [flag("order", 1.1), flag("order", 2.0), flag("order", 9.0), flag("empathy", 1.0)]
    found = score(encounter(*PERFECT, flags=flags), gold(marked, CIVILIAN)).found
    assert found["order"] == Found(right=1, wrong=2, missed=0)
    assert found["courtesy"] == Found(missed=1)
    assert found["empathy"] == Found(wrong=1)


def test_an_unsure_flag_finds_nothing_and_breaks_nothing():
    marked = replace(OFFICER, marks=(Mark("order", "Step out", OFFICER.span),))
    flags = [flag("order", 1.1, status=Status.UNSURE), flag("order", 8.0, status=Status.UNSURE)]
    found = score(encounter(*PERFECT, flags=flags), gold(marked)).found["order"]
    assert found == Found(missed=1, unsure_right=1, unsure_wrong=1)
    assert (found.precision, found.recall) == (0.0, 0.0)


def test_rows_are_added_up_and_rates_never_averaged():
    first = score(encounter(*PERFECT), gold(OFFICER, CIVILIAN))
    second = score(encounter(turn("S1", 1.0, 2.0, "Wrong.")), gold(CIVILIAN))
    both = together([first, second], "both")
    assert both.words.errors.words == first.words.errors.words + second.words.errors.words
    assert both.words.errors.rate == pytest.approx(4 / 14)
    assert both.words.by_role["civilian"] == WordErrors(words=8, substituted=1, deleted=3)
    assert sum(one.words for one in both.words.bins) == 11


@pytest.mark.parametrize(
    ("snr_db", "band"),
    [
        (31.0, "20 dB and more"),
        (20.0, "20 dB and more"),
        (19.9, "10 to 20 dB"),
        (10.0, "10 to 20 dB"),
        (9.9, "under 10 dB"),
        (0.0, "under 10 dB"),
        (-3.0, "under 10 dB"),
        (None, "noise unknown"),
    ],
)
def test_how_noisy_a_recording_is_puts_it_into_a_band(snr_db, band):
    found = score(encounter(*PERFECT), replace(gold(OFFICER, CIVILIAN), snr_db=snr_db))
    assert (found.snr_db, found.noise) == (snr_db, band)
    assert noise_band(snr_db) == band


def test_recordings_are_added_up_by_noise_the_quietest_first_and_none_is_lost():
    ratios = (5.0, None, 23.0, 14.0, 12.0)
    rows = [score(encounter(*PERFECT), replace(gold(OFFICER, CIVILIAN), snr_db=snr_db)) for snr_db in ratios]
    bands = by_noise(rows, "tuning set")
    assert [(band.name, band.words.errors.words) for band in bands] == [
        ("tuning set, 20 dB and more", 10),
        ("tuning set, 10 to 20 dB", 20),
        ("tuning set, under 10 dB", 10),
        ("tuning set, noise unknown", 10),
    ]
    assert together(bands, "all").words == together(rows, "all").words
    assert together(bands, "all").noise is None
    assert by_noise([], "tuning set") == []


def test_errors_are_told_by_the_role_of_who_spoke():
    heard = (PERFECT[0], turn("S2", 4.0, 5.0, "Why? I did something bad."))
    by_role = score(encounter(*heard), gold(OFFICER, CIVILIAN)).words.by_role
    assert by_role["officer"] == WordErrors(words=6)
    assert by_role["civilian"] == WordErrors(words=4, substituted=1, inserted=1)


def test_a_right_word_given_to_the_wrong_person_is_told_apart_from_a_wrong_word():
    taken = (turn("S1", 1.0, 3.0, "Step out of the car, please. Why?"), turn("S2", 4.0, 5.0, "I did nothing."))
    words = score(encounter(*taken), gold(OFFICER, CIVILIAN)).words
    assert words.errors.rate == 0.0
    assert (words.recognised, words.right_speaker) == (10, 9)


def test_which_name_a_voice_has_does_not_matter():
    renamed = (replace(PERFECT[0], speaker="S2"), replace(PERFECT[1], speaker="S1"))
    assert score(encounter(*renamed), gold(OFFICER, CIVILIAN)).words.right_speaker == 10


def test_a_late_first_word_is_above_zero_and_an_early_one_below():
    heard = (turn("S1", 1.3, 3.0, "Step out of the car, please."), turn("S2", 3.9, 5.0, "Why? I did nothing."))
    words = score(encounter(*heard), gold(OFFICER, CIVILIAN)).words
    assert words.starts == (0.3, -0.1)
    assert words.start_error == pytest.approx(0.2)
    assert words.worst_starts == pytest.approx(0.28)


def test_confidence_is_compared_with_the_share_that_is_right():
    heard = (turn("S1", 1.0, 3.0, "Step out of the bar, cheese."), PERFECT[1])
    words = score(encounter(*heard), gold(OFFICER, CIVILIAN)).words
    assert words.bins[9] == Bin(10, 8, pytest.approx(9.0))
    assert words.calibration_error == pytest.approx(0.1)
    assert list(by_tenths(words.bins)) == [("0.9-1.0", 10, pytest.approx(0.9), 0.8)]


def test_spanish_is_compared_as_spanish():
    said = Utterance("o", Role.OFFICER, Span(0, 2), "¿Dónde está su licencia?")
    heard = turn("S1", 0, 2, "Dónde está su licencia")
    spanish = replace(gold(said), language="es")
    assert score(encounter(heard), spanish).words.errors.rate == 0.0


def test_a_number_spoken_as_several_words_keeps_its_place_in_time():
    said = (
        Utterance("o", Role.OFFICER, Span(0, 4), "You were doing fifty two."),
        Utterance("c", Role.CIVILIAN, Span(5, 6), "No way."),
    )
    heard = (turn("S1", 0, 4, "You were doing fifty two."), turn("S2", 5, 6, "No way."))
    words = score(encounter(*heard), gold(*said)).words
    assert words.errors.rate == 0.0
    assert words.starts == (0.0, 0.0)
    assert words.right_speaker == words.recognised


def test_gold_is_read_from_its_file(tmp_path):
    raw = {
        "format": 1,
        "name": "made up",
        "media": "x.wav",
        "held_out": True,
        "snr_db": 12.3,
        "utterances": [
            {
                "speaker": "officer_a",
                "role": "officer",
                "start": 1.0,
                "end": 3.0,
                "text": "Step out.",
                "behaviours": [{"behaviour": "order", "quote": "Step out"}],
            }
        ],
    }
    path = tmp_path / "x.gold.json"
    path.write_text(json.dumps(raw))
    read = read_gold(path)
    assert read.held_out
    assert read.media == tmp_path / "x.wav"
    assert read.snr_db == 12.3
    assert read.utterances[0].marks == (Mark("order", "Step out", Span(1.0, 3.0)),)


def test_a_ratio_that_is_no_number_of_decibels_is_refused(tmp_path):
    path = tmp_path / "bad.gold.json"
    for ratio in ("NaN", "Infinity", '"loud"', "[]"):
        values = f'"name": "x", "media": "x.wav", "held_out": false, "utterances": [], "snr_db": {ratio}'
        path.write_text(f'{{"format": 1, {values}}}')
        with pytest.raises(UnreadableGold, match=r"bad\.gold\.json"):
            read_gold(path)


def test_every_sample_tells_how_noisy_it_is():
    assert all(read_gold(path).snr_db is not None for path in gold_files(SAMPLES) if path.suffix == ".json")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 7}', '{"format": 1, "utterances": [{}]}'])
def test_what_is_no_gold_is_refused_with_its_name(tmp_path, text):
    path = tmp_path / "bad.gold.json"
    path.write_text(text)
    with pytest.raises(UnreadableGold, match=r"bad\.gold\.json"):
        read_gold(path)


def test_missing_gold_is_refused(tmp_path):
    with pytest.raises(UnreadableGold, match="could not be read"):
        read_gold(tmp_path / "none.gold.json")
