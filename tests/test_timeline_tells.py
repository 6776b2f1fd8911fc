"""What an encounter tells, on talks written here with the marks that somebody could have made of them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.behaviours.catalogue import CATALOGUE
from review.encounter import (
    Answer,
    Encounter,
    Flag,
    Provenance,
    Recording,
    Role,
    Span,
    SpeakerRole,
    Status,
    Turn,
    Verdict,
    Word,
)
from review.timeline import Change, Evidence, Heard, Then, timeline
from review.timeline.opening import WORDS
from review.timeline.pillars import LOOK_AT, PILLARS
from review.timeline.replies import COOL, HOT
from review.timeline.summary import FORMS, LOOK_FIRST, Moment, Sentence
from review.timeline.tension import HALF_LIFE, WEIGHTS

AT = datetime(2026, 3, 1, tzinfo=UTC)
EACH = 0.4  # seconds a word
PAUSE = 0.6  # seconds between two turns
SAMPLES = Path(__file__).parent.parent / "samples"
DOCS = Path(__file__).parent.parent / "docs" / "what-an-encounter-tells.md"


def talk(*lines: tuple[str, ...], details: dict[str, dict[str, object]] | None = None) -> Encounter:
    """An encounter of (role, text, mark …): a mark is "behaviour: words", with "?" before it when it is unsure.

    A flag's id is its behaviour and its number, from 1; a text of digits is a silence of so many seconds.
    """
    turns: list[Turn] = []
    flags: list[Flag] = []
    at = 1.0
    for role, text, *marks in lines:
        if text.isdigit():
            at += float(text)
            continue
        before = sum(len(turn.words) for turn in turns)
        words = tuple(Word(word, Span(at + n * EACH, at + (n + 1) * EACH), 0.9) for n, word in enumerate(text.split()))
        turns.append(Turn(role, Span(words[0].span.start, words[-1].span.end), words))
        at = words[-1].span.end + PAUSE
        flags += [_flag(mark, turns[-1], before, len(flags) + n) for n, mark in enumerate(marks, start=1)]
    roles = tuple(SpeakerRole(role, Role(role), 0.9) for role in dict.fromkeys(turn.speaker for turn in turns))
    flags = [replace(flag, details=(details or {}).get(flag.id, {})) for flag in flags]
    recording = Recording("0" * 64, "talk.wav", at)
    return Encounter(recording, "en", tuple(turns), roles, tuple(flags), Provenance("test", AT))


def _flag(mark: str, turn: Turn, before: int, number: int) -> Flag:
    name, quote = mark.split(": ")
    behaviour, unsure = name.removeprefix("?"), name.startswith("?")
    texts, wanted = [word.text for word in turn.words], quote.split()
    first = next(n for n in range(len(texts)) if texts[n : n + len(wanted)] == wanted)
    last = first + len(wanted) - 1
    return Flag(
        id=f"{behaviour}-{number}",
        behaviour=behaviour,
        direction=CATALOGUE[behaviour].direction,
        span=Span(turn.words[first].span.start, turn.words[last].span.end),
        first=before + first,
        last=before + last,
        quote=quote,
        speaker=turn.speaker,
        role=Role(turn.speaker),
        confidence=0.4 if unsure else 0.8,
        status=Status.UNSURE if unsure else Status.FLAGGED,
        source="test",
    )


def said_of(flag: str, answer: Answer = Answer.AGREE, by: str = "r") -> Verdict:
    return Verdict(f"{by}:{flag}", "0" * 64, flag, answer, by, "supervisor", AT)


STOP = talk(
    ("officer", "Good evening, I'm Officer Hale.", "courtesy: Good evening,", "introduction: I'm Officer Hale."),
    ("officer", "Your tail light is out.", "?reason_for_stop: Your tail light is out."),
    ("civilian", "Okay, sorry."),
)


# The first words


def test_the_first_words_tell_what_was_heard_unsure_and_not_heard_with_its_flags():
    parts = timeline(STOP).opening.parts
    assert {part: evidence.heard for part, evidence in parts.items()} == {
        "greeting_or_courtesy": Heard.HEARD,
        "introduction": Heard.HEARD,
        "reason_for_stop": Heard.UNSURE,
        "order": Heard.NOT_HEARD,
    }
    assert parts["introduction"].flags == ("introduction-2",)


def test_the_first_words_have_a_place_in_time():
    first = timeline(STOP).opening
    assert (first.words, first.span) == (10, Span(1.0, STOP.turns[1].span.end))
    assert first.quote == "Good evening, I'm Officer Hale. Your tail light is out."


def test_what_begins_after_the_forty_fifth_word_is_not_in_the_first_words():
    inside = talk(("officer", "word " * 44 + "Stop now", "order: Stop now"))
    outside = talk(("officer", "word " * 45 + "Stop now", "order: Stop now"))
    assert timeline(inside).opening.parts["order"].heard is Heard.HEARD
    assert timeline(outside).opening.parts["order"].heard is Heard.NOT_HEARD
    assert timeline(outside).opening.words == WORDS


def test_words_of_others_are_not_the_wearers_first_words():
    other = talk(("other_officer", "Get out!", "order: Get out!"), ("officer", "Evening.", "courtesy: Evening."))
    assert timeline(other).opening.quote == "Evening."
    assert timeline(other).opening.parts["order"].heard is Heard.NOT_HEARD


def test_talk_into_the_radio_before_the_person_has_spoken_does_not_use_up_the_first_words():
    lines = (
        ("officer", "Show me out with one."),
        ("radio", "Copy."),
        ("officer", "Hello there.", "courtesy: Hello there."),
        ("radio", "All units."),
        ("civilian", "Hi."),
        ("officer", "Where was I?"),
        ("radio", "Unit four."),
    )
    assert timeline(talk(*lines)).opening.quote == "Hello there. Where was I?"


def test_where_nobody_is_known_to_be_the_officer_nothing_is_said_of_first_words():
    told = timeline(talk(("unknown", "Hello.", "?courtesy: Hello.")))
    assert (told.opening.words, told.opening.span) == (0, None)
    assert "opening" not in {sentence.form for sentence in told.summary}


# Orders


def after_an_order(*lines: tuple[str, ...]) -> tuple[Then, tuple[str, ...], bool]:
    [order, *_] = timeline(talk(("officer", "Step out.", "order: Step out."), *lines)).orders
    return order.then, order.then_flags, order.then_unsure


@pytest.mark.parametrize(
    ("lines", "then"),
    [
        ([("civilian", "Yes sir.", "cooperation: Yes sir.")], (Then.COOPERATION, ("cooperation-2",), False)),
        ([("civilian", "No way.", "verbal_resistance: No way.")], (Then.RESISTANCE, ("verbal_resistance-2",), False)),
        ([("civilian", "No way.", "?verbal_resistance: No way.")], (Then.RESISTANCE, ("verbal_resistance-2",), True)),
        ([("civilian", "What?")], (Then.OTHER_WORDS, (), False)),
        ([], (Then.NOTHING_HEARD, (), False)),
        ([("", "20"), ("civilian", "Yes.", "cooperation: Yes.")], (Then.NOTHING_HEARD, (), False)),
        ([("other_officer", "Yes.")], (Then.NOTHING_HEARD, (), False)),
    ],
)
def test_an_order_is_followed_by_what_the_person_says_in_time_and_else_by_nothing_heard(lines, then):
    assert after_an_order(*lines) == then


def test_an_order_tells_who_answered_it_and_nobody_where_nothing_was_heard():
    lines = (("officer", "Step out.", "order: Step out."), ("civilian", "What?"), ("civilian", "No.", "hostility: No."))
    encounter = talk(*lines)
    turns = (*encounter.turns[:2], replace(encounter.turns[2], speaker="passenger"))
    roles = (*encounter.roles, SpeakerRole("passenger", Role.CIVILIAN, 0.9))
    refused = replace(encounter.flags[1], behaviour="verbal_resistance", speaker="passenger")
    by_words = replace(encounter, turns=turns, roles=roles)
    [order] = timeline(by_words).orders
    assert (order.then, order.then_speaker) == (Then.OTHER_WORDS, "civilian")
    [order] = timeline(replace(by_words, flags=(encounter.flags[0], refused))).orders
    assert (order.then, order.then_speaker) == (Then.RESISTANCE, "passenger")
    [order] = timeline(talk(lines[0])).orders
    assert order.then_speaker is None


def test_an_answer_after_the_next_order_answers_that_one():
    told = timeline(
        talk(
            ("officer", "Step out.", "order: Step out."),
            ("radio", "Copy."),
            ("officer", "Sit down.", "order: Sit down."),
            ("civilian", "Okay.", "cooperation: Okay."),
        )
    )
    assert [order.then for order in told.orders] == [Then.NOTHING_HEARD, Then.COOPERATION]


def test_orders_in_one_breath_share_the_answer():
    marks = ("order: Step out.", "order: Sit down.")
    told = timeline(talk(("officer", "Step out. Sit down.", *marks), ("civilian", "No.", "verbal_resistance: No.")))
    assert [order.then for order in told.orders] == [Then.RESISTANCE, Then.RESISTANCE]


def test_the_ledger_tells_what_the_mark_carries_and_nothing_that_it_does_not():
    facts = {"directive": "exit vehicle", "repeat": 2, "reason_before": True, "seconds_allowed": 3.5}
    told = timeline(talk(("officer", "Step out. Sit.", "order: Step out.", "order: Sit."), details={"order-1": facts}))
    first, second = told.orders
    assert (first.directive, first.repeat, first.reason_before, first.seconds_allowed) == ("exit vehicle", 2, True, 3.5)
    assert (second.directive, second.repeat, second.reason_before, second.seconds_allowed) == ("", None, None, None)
    assert (first.at, first.flag, first.status.value, first.standing.value) == (1.0, "order-1", "flagged", "unverified")


def test_orders_of_other_officers_stand_apart():
    told = timeline(talk(("officer", "Sit.", "order: Sit."), ("other_officer", "Stand.", "order: Stand.")))
    assert [order.quote for order in told.orders] == ["Sit."]
    assert [order.quote for order in told.other_orders] == ["Stand."]


def test_an_order_that_people_rejected_is_in_no_ledger():
    told = timeline(talk(("officer", "Sit.", "order: Sit.")), verdicts=[said_of("order-1", Answer.DISAGREE)])
    assert told.orders == ()


# A line and the person's next turn

CALM, ANGRY = ("civilian", "Thanks.", "calming: Thanks."), ("civilian", "Idiot!", "hostility: Idiot!")
LINE = ("officer", "Shut up.", "dismissal: Shut up.")


@pytest.mark.parametrize(
    ("lines", "change"),
    [
        ([LINE, ANGRY], Change.HOTTER),
        ([LINE, CALM], Change.COOLER),
        ([CALM, LINE, ANGRY], Change.HOTTER),
        ([ANGRY, LINE, CALM], Change.COOLER),
        ([ANGRY, LINE, ANGRY], Change.NO_CHANGE),
        ([ANGRY, LINE, ("civilian", "What?")], Change.NO_CHANGE),
        ([LINE, ("civilian", "Idiot! Thanks.", "hostility: Idiot!", "calming: Thanks.")], Change.NO_CHANGE),
    ],
)
def test_the_next_turn_is_cooler_or_hotter_only_by_what_is_marked_in_it(lines, change):
    [reply] = timeline(talk(*lines)).replies
    assert reply.change is change


def test_a_moment_carries_the_flags_of_the_line_and_of_the_turns_around_it():
    [reply] = timeline(talk(CALM, LINE, ANGRY)).replies
    assert (reply.before, reply.line, reply.after) == (("calming-1",), ("dismissal-2",), ("hostility-3",))
    assert (reply.at, reply.unsure) == (2.0, False)


def test_a_change_that_rests_on_unsure_marks_alone_is_unsure():
    [reply] = timeline(talk(LINE, ("civilian", "Idiot!", "?raised_voice: Idiot!"))).replies
    assert (reply.change, reply.unsure) == (Change.HOTTER, True)


def test_what_the_machine_is_sure_of_goes_before_what_it_is_not():
    both = ("civilian", "Okay. Thanks.", "?raised_voice: Okay.", "calming: Thanks.")
    [reply] = timeline(talk(LINE, both)).replies
    assert (reply.change, reply.unsure) == (Change.COOLER, False)


def test_the_answer_belongs_to_the_officer_who_spoke_last_before_it():
    told = timeline(talk(LINE, ("other_officer", "Take it easy.", "reassurance: Take it easy."), CALM))
    assert told.replies == ()
    assert [reply.line for reply in told.other_replies] == [("reassurance-2",)]


def test_a_line_is_what_one_officer_says_and_names_them_even_where_two_have_the_same_role():
    encounter = talk(
        ("other_officer", "Shut up.", "dismissal: Shut up."),
        ("other_officer", "Take it easy.", "reassurance: Take it easy."),
        CALM,
    )
    turns = (encounter.turns[0], replace(encounter.turns[1], speaker="third"), encounter.turns[2])
    roles = (*encounter.roles, SpeakerRole("third", Role.OTHER_OFFICER, 0.9))
    [reply] = timeline(replace(encounter, turns=turns, roles=roles)).other_replies
    assert (reply.officer, reply.line, reply.speaker) == ("third", ("reassurance-2",), "civilian")


def test_another_persons_turn_before_is_not_compared_with():
    encounter = talk(ANGRY, LINE, ("civilian", "Idiot!", "hostility: Idiot!"))
    turns = (*encounter.turns[:2], replace(encounter.turns[2], speaker="passenger"))
    roles = (*encounter.roles, SpeakerRole("passenger", Role.CIVILIAN, 0.9))
    [reply] = timeline(replace(encounter, turns=turns, roles=roles)).replies
    assert (reply.change, reply.before) == (Change.HOTTER, ())


def test_words_said_long_after_a_line_or_after_one_without_a_mark_are_no_answer_to_look_at():
    assert timeline(talk(LINE, ("", "40"), ANGRY)).replies == ()
    assert timeline(talk(("officer", "Well."), ANGRY)).replies == ()


def test_no_number_of_cooler_or_hotter_turns_is_given_anywhere():
    told = timeline(talk(LINE, ANGRY, LINE, CALM)).as_dict()
    assert [reply["change"] for reply in told["replies"]] == ["hotter", "cooler"]
    [sentence] = [line for line in told["summary"] if line["form"] == "replies"]
    assert not re.search(r"\d", sentence["text"])


# The pillars


def test_a_pillar_is_heard_unsure_or_not_heard_by_its_evidence():
    encounter = talk(
        ("officer", "What happened?", "open_question: What happened?"),
        ("officer", "Sorry about this.", "?apology: Sorry about this."),
    )
    heard = {pillar.name: pillar.heard for pillar in timeline(encounter).pillars}
    assert heard == {
        "voice": Heard.HEARD,
        "neutrality": Heard.NOT_HEARD,
        "respect": Heard.UNSURE,
        "trustworthiness": Heard.NOT_HEARD,
    }


def test_an_unsure_mark_that_people_verified_is_heard_and_a_sure_one_that_they_dispute_is_unsure():
    encounter = talk(("officer", "Sorry. Thanks.", "?apology: Sorry.", "appreciation: Thanks."))
    verdicts = [
        said_of("apology-1"),
        said_of("appreciation-2"),
        said_of("appreciation-2", Answer.DISAGREE, by="another"),
    ]
    respect = timeline(encounter, verdicts=verdicts).pillars[2]
    assert respect.items["apology"].heard is Heard.HEARD
    assert respect.items["apology"].verified == ("apology-1",)
    assert respect.items["appreciation"].heard is Heard.UNSURE


def test_what_people_rejected_is_no_evidence_but_stays_a_mark_of_the_machine():
    encounter = talk(("officer", "Sorry.", "apology: Sorry."))
    told = timeline(encounter, verdicts=[said_of("apology-1", Answer.DISAGREE)])
    assert told.pillars[2].heard is Heard.NOT_HEARD
    assert told.behaviours["apology"].marked == ("apology-1",)


def test_a_pillar_shows_what_should_be_heard_before_it_is_ticked():
    encounter = talk(("officer", "Sorry. Idiot.", "apology: Sorry.", "insult: Idiot."))
    respect = timeline(encounter).pillars[2]
    assert (respect.heard, respect.look_at["insult"].flags) == (Heard.HEARD, ("insult-2",))


def test_what_another_officer_says_ticks_no_pillar_of_the_wearer():
    told = timeline(talk(("other_officer", "Sorry.", "apology: Sorry.")))
    assert told.pillars[2].heard is Heard.NOT_HEARD
    assert told.other_pillars[2].items["apology"].flags == ("apology-1",)


def test_every_behaviour_that_a_table_names_is_in_the_codebook_and_belongs_to_one_pillar():
    words = [behaviour for behaviours in PILLARS.values() for behaviour in behaviours]
    assert len(words) == len(set(words))
    assert set(PILLARS) == set(LOOK_AT)
    named = {*words, *LOOK_FIRST, *HOT, *COOL, *(one for some in LOOK_AT.values() for one in some)}
    assert named <= set(CATALOGUE)
    assert not HOT & COOL


def test_what_an_agency_hides_is_not_told_to_be_unheard():
    told = timeline(STOP, hidden=frozenset({"courtesy", "order", *PILLARS["voice"]}))
    assert set(told.opening.parts) == {"introduction", "reason_for_stop"}
    assert [pillar.name for pillar in told.pillars] == ["neutrality", "respect", "trustworthiness"]
    assert "courtesy" not in told.pillars[1].items
    assert "voice" not in " ".join(sentence.text for sentence in told.summary)


# The summary


def test_an_encounter_in_which_nothing_was_marked_says_so_and_that_it_proves_nothing():
    [sentence] = timeline(talk(("officer", "Well."))).summary
    assert sentence.text == "The machine marked nothing here; nothing heard is not nothing done."
    assert timeline(replace(talk(), turns=())).summary[0].form == "nothing"


def test_where_no_voice_is_known_to_be_an_officers_no_words_are_called_an_officers():
    encounter = talk(("unknown", "Hello, could you turn it down?", "?order: turn it down?", "?courtesy: could you"))
    told = " ".join(sentence.text for sentence in timeline(encounter).summary)
    assert "of the officer" not in told
    assert "Marked as de-escalating words of voices whose role is not known: unsure courtesy 1" in told


def test_a_whole_stop_is_told_in_plain_sentences():
    encounter = talk(
        ("officer", "Get out of the car.", "order: Get out of the car."),
        ("civilian", "I can't breathe.", "medical_complaint: I can't breathe."),
        ("officer", "I don't care. Get out.", "dismissal: I don't care.", "order: Get out."),
        ("civilian", "Idiot!", "hostility: Idiot!"),
        ("other_officer", "Sorry about him.", "?apology: Sorry about him."),
        details={"order-4": {"repeat": 2, "reason_before": False}},
    )
    told = timeline(encounter, verdicts=[said_of("dismissal-3")])
    assert [(sentence.text, [moment.at for moment in sentence.moments]) for sentence in told.summary] == [
        ("To be heard first, of the whole scene: medical complaint 1; verified by people: 0.", [3.6]),
        (
            "In the first 10 words of the officer: heard order; not heard greeting or courtesy, introduction, "
            "reason for stop.",
            [1.0, 1.0, 6.6],
        ),
        ("Marked as escalating words of the officer: dismissal 1; verified by people: 1.", [5.4]),
        (
            "Orders of the officer (marked by machine, verified by people): 2 marked, 0 verified; "
            "given again: 1 marked, 0 verified; with a reason shortly before: 0 marked, 0 verified.",
            [1.0, 6.6],
        ),
        (FORMS["replies"], [5.4]),
        (FORMS["turning_points"], [1.0]),
        (
            "Words for the four pillars of procedural justice: not heard voice (hear also dismissal), neutrality, "
            "respect, trustworthiness; nothing heard is not nothing done.",
            [5.4],
        ),
        ("Other officers, never counted with the wearer: unsure apology 1; verified by people: 0.", [9.0]),
        (
            "People have judged 1 of 6 marks; all else is what a machine asks somebody to look at.",
            [1.0, 3.6, 6.6, 8.0, 9.0],
        ),
    ]


def orders_told(encounter: Encounter, *verdicts: Verdict) -> Sentence:
    [sentence] = [line for line in timeline(encounter, verdicts=verdicts).summary if line.form == "orders"]
    return sentence


ORDERS = talk(
    ("officer", "Sit. Sit. Sit. Stand.", "order: Sit.", "order: Sit.", "?order: Sit.", "order: Stand."),
    details={
        "order-2": {"repeat": 2, "reason_before": False},
        "order-3": {"repeat": 3, "reason_before": True},
        "order-4": {"repeat": 1, "reason_before": True},
    },
)


def test_each_number_of_orders_tells_marked_unsure_and_verified_apart_and_carries_its_own_flags():
    told = orders_told(ORDERS, said_of("order-2"))
    assert told.text.endswith(
        "3 marked, 1 unsure, 1 verified; given again: 1 marked, 1 unsure, 1 verified; "
        "with a reason shortly before: 1 marked, 1 unsure, 0 verified."
    )
    assert told.numbers["again"] == Evidence(("order-2",), ("order-3",), ("order-2",))
    assert told.numbers["reason"] == Evidence(("order-4",), ("order-3",))
    assert told.as_dict()["numbers"]["again"]["flags"] == ["order-2", "order-3"]


def test_an_unsure_order_that_people_verified_is_counted_and_one_that_they_rejected_is_not():
    told = orders_told(ORDERS, said_of("order-3"), said_of("order-2", Answer.DISAGREE))
    assert told.numbers["again"] == Evidence(("order-3",), (), ("order-3",))


def test_a_moment_of_an_order_says_which_numbers_count_it():
    about = {moment.flag: moment.about for moment in orders_told(ORDERS).moments}
    assert about == {
        "order-1": "then nothing heard",
        "order-2": "given again, then nothing heard",
        "order-3": "given again, reason before, then nothing heard",
        "order-4": "reason before, then nothing heard",
    }


def test_a_sentence_shows_the_first_of_every_kind_before_the_next_of_any():
    moments = [Moment(float(at), about=about) for at, about in enumerate(["weapon", "weapon", "weapon", "force"])]
    shown = Sentence("look_first", "", tuple(moments)).leading(2)
    assert [(moment.at, moment.about) for moment in shown] == [(0.0, "weapon"), (3.0, "force")]


SPOKEN = {
    role: sorted(behaviour.id for behaviour in CATALOGUE.values() if Role(role) in behaviour.roles)
    for role in ("officer", "other_officer", "civilian")
}


@st.composite
def talks(draw: st.DrawFn) -> Encounter:
    lines = []
    for role in draw(st.lists(st.sampled_from(sorted(SPOKEN)), max_size=12)):
        texts = draw(st.lists(st.sampled_from(["one", "two.", "three?"]), min_size=1, max_size=8))
        marks = draw(st.lists(st.sampled_from(SPOKEN[role]), max_size=3))
        lines.append(
            (role, " ".join(texts), *(f"{draw(st.sampled_from(['', '?']))}{mark}: {texts[-1]}" for mark in marks))
        )
    return talk(*lines)


@st.composite
def judged_talks(draw: st.DrawFn) -> tuple[Encounter, list[Verdict]]:
    encounter = draw(talks())
    answers = st.sampled_from([None, Answer.AGREE, Answer.DISAGREE, Answer.SKIP])
    said = [(flag.id, draw(answers)) for flag in encounter.flags]
    return encounter, [said_of(flag, answer) for flag, answer in said if answer]


@given(judged_talks())
def test_whatever_was_said_there_are_at_most_ten_sentences_each_of_a_fixed_form_with_a_moment_to_hear(judged):
    encounter, verdicts = judged
    ids = {flag.id for flag in encounter.flags}
    names = "|".join(sorted({word for behaviour in CATALOGUE for word in behaviour.split("_")}))
    ours = "voice|neutrality|respect|trustworthiness|heard|unsure|hear|also|and|not|or|greeting|another|marked|verified"
    whose = "the officer|voices whose role is not known"
    gap = rf"(?:[\d,;() ]|{names}|{ours}|{whose})+?"
    told = timeline(encounter, verdicts=verdicts).summary
    assert 1 <= len(told) <= 10
    for sentence in told:
        form = re.sub(r"\\\{\w+\\\}", lambda _: gap, re.escape(FORMS[sentence.form]))
        assert re.fullmatch(form, sentence.text), sentence.text
        assert sentence.moments
        assert all(moment.flag in ids or not moment.flag for moment in sentence.moments)
        assert all(0 <= moment.at <= encounter.recording.seconds for moment in sentence.moments)
        here = {moment.flag for moment in sentence.moments}
        assert all({*found.flags, *found.verified} <= here for found in sentence.numbers.values())


@given(judged_talks())
def test_whatever_was_said_each_number_is_as_large_as_its_list_of_flags_and_all_is_json(judged):
    encounter, verdicts = judged
    ids = {flag.id for flag in encounter.flags}
    raw = json.loads(json.dumps(timeline(encounter, verdicts=verdicts).as_dict()))
    evidence = [*raw["opening"]["parts"].values()]
    for pillar in (*raw["pillars"].values(), *raw["other_pillars"].values()):
        evidence += [*pillar["items"].values(), *pillar["look_at"].values()]
    for one in (*evidence, *raw["directions"].values(), *raw["behaviours"].values()):
        assert one["marked"] + one["unsure"] == len(one["flags"])
        assert one["verified"] == len(one["verified_flags"])
        assert {*one["flags"], *one["verified_flags"]} <= ids


@given(judged_talks())
def test_the_wearers_and_the_other_officers_flags_never_mix(judged):
    encounter, verdicts = judged
    told = timeline(encounter, verdicts=verdicts)
    role = {flag.id: flag.role for flag in encounter.flags}
    own = [order.flag for order in told.orders] + [flag for reply in told.replies for flag in reply.line]
    own += [flag for pillar in told.pillars for flag in pillar.flags]
    theirs = [order.flag for order in told.other_orders] + [one for reply in told.other_replies for one in reply.line]
    theirs += [flag for pillar in told.other_pillars for flag in pillar.flags]
    assert {role[flag] for flag in own} <= {Role.OFFICER}
    assert {role[flag] for flag in theirs} <= {Role.OTHER_OFFICER}


# A whole acted stop, with the marks of its gold


def acted(name: str) -> Encounter:
    """The sample as its gold tells it: every utterance a turn, every behaviour that is not structure a sure mark."""
    gold = json.loads((SAMPLES / f"{name}.gold.json").read_text("utf-8"))
    lines = []
    for said in sorted(gold["utterances"], key=lambda said: said["start"]):
        marks = [mark for mark in said["behaviours"] if not mark.get("structure")]
        text = " ".join(said["text"].split())
        # The mark's quote leaves out punctuation that the words carry.
        quotes = [_as_written(mark["quote"], text) for mark in marks]
        lines.append((said["role"], text, *(f"{m['behaviour']}: {q}" for m, q in zip(marks, quotes, strict=True))))
    return talk(*lines)


def _as_written(quote: str, text: str) -> str:
    words, wanted = text.split(), [_bare(word) for word in quote.split()]
    bare = [_bare(word) for word in words]
    first = next(n for n in range(len(words)) if bare[n : n + len(wanted)] == wanted)
    return " ".join(words[first : first + len(wanted)])


def _bare(word: str) -> str:
    return word.strip(".,?!—\"'").lower()


def test_a_stop_that_heats_up_and_is_cooled_by_a_second_officer_is_told_as_such():
    told = timeline(acted("heated_traffic_stop"))
    assert told.opening.parts["order"].heard is Heard.HEARD
    assert told.opening.parts["reason_for_stop"].heard is Heard.NOT_HEARD
    assert [pillar.name for pillar in told.pillars if pillar.look_at_flags] == list(PILLARS)
    assert {pillar.heard for pillar in told.other_pillars} == {Heard.HEARD}
    fall = max((point for point in told.turning_points if not point.rises), key=lambda point: point.swing)
    assert fall.other_officers
    forms = [sentence.form for sentence in told.summary]
    assert forms == [form for form in FORMS if form in forms]  # in the order in which the forms are written down
    assert {"opening", "escalating", "orders", "turning_points", "other_officers", "coverage"} <= set(forms)


# What the docs say


def rows_of(page: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line[:1] == "|"]


def test_the_docs_hold_the_weights_that_the_code_has():
    told: dict[str, float] = {}
    for weights, names, *_ in rows_of(DOCS.read_text("utf-8")):
        if re.fullmatch(r"[−\d., ]+", weights):
            numbers = [float(number.replace("−", "-")) for number in weights.split(", ")]
            # Two numbers stand for two groups, parted by a semicolon.
            for number, group in zip(numbers, names.split(";")[: len(numbers)], strict=True):
                told |= dict.fromkeys(re.findall(r"`(\w+)`", group), number)
    assert told == WEIGHTS
    assert f"fades to half in {HALF_LIFE:.0f} s" in DOCS.read_text("utf-8")


def test_the_docs_hold_the_pillars_and_the_moments_that_the_code_has():
    rows = {
        row[0]: [tuple(re.findall(r"`(\w+)`", cell)) for cell in row[1:]] for row in rows_of(DOCS.read_text("utf-8"))
    }
    assert {name: rows[name] for name in PILLARS} == {name: [PILLARS[name], LOOK_AT[name]] for name in PILLARS}
    kinds = re.search(r"A turn of the person is \*hot\* when.*?cool\* when[^;]*;", DOCS.read_text("utf-8"), re.DOTALL)
    assert kinds is not None
    assert set(re.findall(r"`(\w+)`", kinds[0])) == HOT | COOL
