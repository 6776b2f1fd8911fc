from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from review import behaviours, meaning
from review.behaviours import fusion
from review.encounter import Role, Status


def test_what_no_rule_knows_is_marked_by_the_model_and_says_so(opinion, talk):
    opinion(apology="a purple kind")
    turns, roles = talk((Role.OFFICER, "Well. Yours was a purple kind of evening."))
    [flag] = [flag for flag in behaviours.tag(turns, roles) if flag.behaviour == "apology"]
    assert flag.source == fusion.SOURCE == "model:behaviour-sentences@10"
    assert flag.quote == "Yours was a purple kind of evening."
    assert flag.status is Status.FLAGGED


def test_a_rule_that_the_model_agrees_with_is_surer_than_one_that_it_doubts(opinion, talk):
    turns, roles = talk((Role.OFFICER, "Step out of the car."))
    opinion(order="step out")
    [agreed] = fusion.mark(turns, roles)
    opinion()
    doubted = [mark.precision for mark in fusion.mark(turns, roles)]
    assert agreed.source.startswith("rule:order/")
    assert all(precision < agreed.precision for precision in doubted)


def test_the_model_marks_nobody_with_what_their_role_cannot_show(opinion, talk):
    opinion(empathy="rough night", insult="rough night")
    turns, roles = talk((Role.CIVILIAN, "It was a rough night."))
    assert fusion.mark(turns, roles) == ()


def test_clauses_in_a_row_are_one_mark_but_every_order_is_its_own(opinion, talk):
    opinion(empathy="purple", order="now")
    turns, roles = talk((Role.OFFICER, "That was purple. It looked so purple. Over here now. Bag there now."))
    own = [mark for mark in fusion.mark(turns, roles) if mark.source == fusion.SOURCE]
    found = [(mark.behaviour, mark.first, mark.last) for mark in own]
    assert ("empathy", 0, 6) in found
    assert [mark for mark in found if mark[0] == "order"] == [("order", 7, 9), ("order", 10, 12)]


def test_two_orders_in_other_words_are_no_repeat(opinion, talk):
    opinion(order="now")
    turns, roles = talk((Role.OFFICER, "Over here now. Bag there now. Feet apart now."))
    assert "repeated_order" not in {flag.behaviour for flag in behaviours.tag(turns, roles)}


def marked(turns, roles):
    return {mark.behaviour for mark in fusion.mark(turns, roles)}


def test_a_question_is_one_after_invocation_only_when_a_lawyer_was_asked_for(opinion, talk):
    opinion(questioning_after_invocation="purple", lawyer_request="counsel")
    asked = (Role.OFFICER, "Was it purple, then?")
    assert "questioning_after_invocation" not in marked(*talk(asked))
    assert "questioning_after_invocation" not in marked(*talk(asked, (Role.CIVILIAN, "Counsel, bring counsel.")))
    assert "questioning_after_invocation" in marked(*talk((Role.CIVILIAN, "Counsel, bring counsel."), asked))


def test_nobody_is_made_to_guess_who_hears_the_reason_in_the_same_turn(opinion, talk):
    opinion(asks_to_guess="purple", reason_for_stop="lamp")
    guess = "Is it purple, what do you think?"
    assert "asks_to_guess" in marked(*talk((Role.OFFICER, guess)))
    assert "asks_to_guess" not in marked(*talk((Role.OFFICER, f"{guess} It is your lamp.")))


def test_swearing_is_either_at_somebody_or_at_nobody(opinion, talk):
    opinion(profanity="purple", undirected_profanity="purple")
    found = marked(*talk((Role.OFFICER, "Oh you purple thing.")))
    assert len(found & {"profanity", "undirected_profanity"}) == 1


def test_what_is_shown_in_sentence_after_sentence_of_a_turn_is_one_mark(opinion, talk):
    opinion(apology="purple", order="now")
    turns, roles = talk((Role.OFFICER, "That was purple. Well. So very purple. Over here now. Bag there now."))
    found = [(mark.behaviour, mark.first, mark.last) for mark in fusion.mark(turns, roles)]
    assert [one for one in found if one[0] == "apology"] == [("apology", 0, 6)]
    assert len([one for one in found if one[0] == "order"]) == 2
    answered = talk((Role.OFFICER, "That was purple."), (Role.CIVILIAN, "Yes."), (Role.OFFICER, "So very purple."))
    assert len([mark for mark in fusion.mark(*answered) if mark.behaviour == "apology"]) == 2


@pytest.mark.parametrize("said", ["Good boy, go purple.", "Where did I put the purple pen?"])
def test_the_model_marks_nothing_that_is_said_to_a_dog_or_to_oneself(opinion, talk, said):
    opinion(dismissal="purple")
    assert "dismissal" not in marked(*talk((Role.OFFICER, said)))
    assert "dismissal" in marked(*talk((Role.OFFICER, "Now go purple.")))


def test_a_mark_of_what_is_said_to_a_colleague_tells_whom(opinion, talk):
    opinion(tactical_slowdown="purple")
    [mark] = fusion.mark(*talk((Role.OFFICER, "Partner, hold purple.")))
    assert mark.details["addressee"] == "colleague"


def test_the_models_marks_carry_the_modifiers_that_their_words_show(opinion, talk):
    opinion(threat_to_others="purple", profanity="purple")
    [own] = fusion.mark(*talk((Role.CIVILIAN, "I will paint him purple.")))
    [told] = fusion.mark(*talk((Role.CIVILIAN, "He said he will paint me purple.")))
    [swearing] = fusion.mark(*talk((Role.OFFICER, "Oh you purple thing.")))
    assert (own.modifiers, told.modifiers, swearing.modifiers) == ((), ("reported",), ("directed",))
    assert told.source == swearing.source == fusion.SOURCE


@pytest.mark.parametrize("between", [" ", " Well. "], ids=["in a row", "near"])
def test_what_is_partly_somebody_elses_words_is_not_reported(opinion, talk, between):
    opinion(threat_to_others="purple")
    said = f"He said he will paint me purple.{between}I will paint him purple."
    [mark] = fusion.mark(*talk((Role.CIVILIAN, said)))
    assert mark.modifiers == ()


def test_what_the_model_reads_stands_beside_a_rules_mark_of_another_behaviour(opinion, talk):
    opinion(courtesy="thank you", appreciation="thank you")
    flags = behaviours.tag(*talk((Role.OFFICER, "Thank you for being honest with me.")))
    assert {flag.behaviour for flag in flags} >= {"courtesy", "appreciation"}


def test_force_told_by_the_person_who_bears_it_is_heard(opinion, talk):
    opinion(force="slammed me")
    flags = behaviours.tag(*talk((Role.CIVILIAN, "He slammed me on the hood.")))
    assert "force" in {flag.behaviour for flag in flags}


def test_the_model_knows_every_behaviour_that_words_can_show():
    measured = {"interruption", "raised_voice", "repeated_order"}
    assert set(meaning.behaviours()) == set(behaviours.CATALOGUE) - measured
    assert set(fusion.calibration().alone) == set(meaning.behaviours())
    assert set(behaviours.CATALOGUE) >= set(behaviours.UNSURE_ONLY)
    assert set(behaviours.CATALOGUE) >= set(behaviours.LEVELS)


def test_a_clause_is_read_with_what_surrounds_it():
    asked = meaning.Clause("do you have anything in the car that i should know about ?", Role.OFFICER)
    yes = meaning.Clause("yeah", Role.CIVILIAN)
    ordered = meaning.Clause("put the phone down on the seat for me", Role.OFFICER)
    answers = [meaning.logits([before, yes])[1] for before in (asked, ordered)]
    assert np.abs(answers[0] - answers[1]).max() > 0.5
    assert meaning.logits([]).shape == (0, len(meaning.behaviours()))


def test_an_order_and_a_dismissal_in_one_breath_are_two_marks(talk):
    assert marked(*talk((Role.OFFICER, "Shut up and get on the ground!"))) == {"dismissal", "order"}


def test_a_long_talk_is_read_in_windows_that_share_clauses():
    talk = [
        meaning.Clause(f"step out of the car number {number}", Role.OFFICER, goes_on=number > 0)
        for number in range(100)
    ]
    order = meaning.logits(talk)[:, meaning.behaviours().index("order")]
    assert len(order) == 100
    assert order.min() > -2, "no clause at the edge of a window is read as something else"


@given(st.lists(st.integers(min_value=1, max_value=80), max_size=60))
def test_every_clause_lies_in_a_window_and_windows_stay_short(lengths):
    spans = meaning.windows(lengths)
    assert sorted({at for start, stop in spans for at in range(start, stop)}) == list(range(len(lengths)))
    assert all(sum(lengths[start:stop]) <= meaning.WINDOW or stop - start == 1 for start, stop in spans)
    assert all(
        start <= at < stop for at, (start, stop) in enumerate(spans[own] for own in meaning.owners(spans, len(lengths)))
    )
