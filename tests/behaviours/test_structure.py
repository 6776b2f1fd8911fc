import time

from review.behaviours import CATALOGUE, Mark, structure
from review.encounter import Direction, Role

CIVILIAN = Role.CIVILIAN


def only(flags, behaviour):
    return [flag for flag in flags if flag.behaviour == behaviour]


def test_an_order_given_three_times_in_half_a_minute_is_a_repeated_order(flags_in):
    flags = flags_in(
        "Step out of the car.", (CIVILIAN, "Why?"), "Get out of the vehicle.", (CIVILIAN, "No."), "Step out!"
    )
    [signal] = only(flags, "repeated_order")
    assert signal.direction is Direction.SIGNAL
    assert signal.quote == "Step out!"
    assert signal.details["count"] == 3
    assert signal.details["reason_between"] is False
    assert [flag.details["repeat"] for flag in only(flags, "order")] == [1, 2, 3]


def test_a_reason_in_between_is_told(flags_in):
    flags = flags_in("Sit down.", "Sit down so nobody gets hurt.", "Sit down.", pause=3.0)
    [signal] = only(flags, "repeated_order")
    assert signal.details["reason_between"] is True


def test_two_orders_or_three_slow_ones_or_three_different_ones_are_no_repeat(flags_in):
    assert not only(flags_in("Sit down.", "Sit down."), "repeated_order")
    assert not only(flags_in("Sit down.", "Sit down.", "Sit down.", pause=20.0), "repeated_order")
    assert not only(flags_in("Sit down.", "Turn around.", "Step back."), "repeated_order")


def test_orders_of_all_officers_count_towards_a_repeat_but_not_those_of_a_voice_that_nobody_knows(flags_in):
    [signal] = only(flags_in("Sit down.", (Role.OTHER_OFFICER, "Have a seat."), "Sit down."), "repeated_order")
    assert signal.details["count"] == 3
    assert not only(flags_in("Sit down.", (Role.UNKNOWN, "Sit down."), "Sit down."), "repeated_order")


def test_the_same_order_in_other_words_is_the_same_one(flags_in):
    flags = flags_in("Shut off the engine.", "Turn the car off.", "Switch the ignition off!")
    assert [flag.details["repeat"] for flag in only(flags, "order")] == [1, 2, 3]
    [signal] = only(flags, "repeated_order")
    assert signal.quote == "Switch the ignition off!"


def test_an_order_said_twice_in_a_breath_counts_twice(flags_in):
    assert only(flags_in("Step back step back sir", "Step back."), "repeated_order")
    assert not only(flags_in("Step back sir", "Step back."), "repeated_order")


def test_a_long_row_of_orders_is_one_signal_on_the_third(flags_in):
    flags = flags_in(*["Drop the knife!"] * 6, pause=1.0)
    [signal] = only(flags, "repeated_order")
    assert signal.details["count"] == 6
    assert signal.first == only(flags, "order")[2].first


def test_an_order_tells_the_seconds_until_it_is_repeated(flags_in):
    first, last = only(flags_in("Sit down.", (CIVILIAN, "Okay okay."), "Sit down.", pause=1.0), "order")
    assert first.details["seconds_allowed"] == 2.6
    assert last.details["seconds_allowed"] is None


def test_an_order_tells_whether_a_reason_came_before_it(flags_in):
    [told] = only(flags_in("The reason I stopped you is your tail light. Turn the car off."), "order")
    [bare] = only(flags_in("Turn the car off."), "order")
    assert told.details["reason_before"] is True
    assert bare.details["reason_before"] is False


def test_a_force_warning_carries_its_order_and_the_time_until_force(flags_in):
    [warning] = only(flags_in("Drop the knife or I'll tase you!", "Taser, taser!", pause=2.0), "force_warning")
    assert warning.details == {"order": "drop it", "seconds_allowed": 2.0}


def test_rights_are_one_mark_with_what_was_heard_and_what_was_not(flags_in):
    [rights] = only(
        flags_in("You have the right to remain silent. Anything you say can be used against you in court."),
        "rights_advisement",
    )
    assert rights.details == {"heard": ["silence", "used_against"], "not_heard": ["lawyer", "appointed"]}


def test_rights_read_on_after_an_answer_are_added_up(flags_in):
    flags = flags_in(
        "You have the right to remain silent.", (CIVILIAN, "Okay."), "You have the right to an attorney.", pause=1.0
    )
    assert [flag.details["heard"] for flag in only(flags, "rights_advisement")] == [["silence"], ["silence", "lawyer"]]


def test_comfort_after_a_medical_complaint_that_nobody_checks_is_a_dismissal(heard):
    said = heard((CIVILIAN, "I can't breathe."), "You're fine.")
    assert "medical_dismissal" in said
    assert "reassurance" not in said
    assert "medical_dismissal" not in heard("You're fine.")


def test_comfort_with_a_check_of_the_complaint_is_reassurance(heard):
    said = heard((CIVILIAN, "I can't breathe."), "Let me check your breathing. Nobody's going to hurt you.")
    assert "reassurance" in said


def test_comfort_long_after_a_complaint_stands_on_its_own(heard):
    assert "reassurance" in heard((CIVILIAN, "My arm hurts."), "Nobody's going to hurt you.", pause=40.0)


COMPLAINT = (CIVILIAN, "I can't breathe.")


def then_marked(flags):
    return [flag.details["then_marked"] for flag in only(flags, "medical_complaint")]


def test_a_medical_complaint_tells_what_the_officers_next_words_are_marked_as_aid_first_and_orders_last(flags_in):
    said = flags_in(COMPLAINT, "Sit down.", "You're fine.", (Role.OTHER_OFFICER, "Send me an ambulance."))
    assert then_marked(said) == [["medical_aid", "medical_dismissal", "order"]]


def test_a_medical_complaint_after_which_nothing_of_an_officer_is_marked_tells_just_that(flags_in):
    assert then_marked(flags_in(COMPLAINT)) == [[]]
    assert then_marked(flags_in("Sit down.", COMPLAINT, "The door is blue.")) == [[]]


def test_only_officers_words_of_the_next_half_minute_are_told_of_a_medical_complaint(flags_in):
    assert then_marked(flags_in(COMPLAINT, "Sit down.", pause=29.0)) == [["order"]]
    assert then_marked(flags_in(COMPLAINT, "Sit down.", pause=31.0)) == [[]]
    others = ((CIVILIAN, "I want my lawyer."), (Role.RADIO, "Ambulance is on the way."))
    assert then_marked(flags_in(COMPLAINT, *others)) == [[]]


def test_what_is_not_in_the_order_of_importance_is_told_after_it_as_it_was_said(talk):
    turns, roles = talk(COMPLAINT, (Role.OFFICER, "one two three four"))
    names = ("profanity", "courtesy", "order", "profanity")
    details = {"directive": "x"}
    marks = [Mark(name, 3 + n, 3 + n, 0.9, "rule:test@1", details=details) for n, name in enumerate(names)]
    [told, *_] = structure.shape([Mark("medical_complaint", 0, 2, 0.9, "rule:test@1"), *marks], turns, roles)
    assert told.details == {"then_marked": ["order", "profanity", "courtesy"]}


def test_nothing_is_told_of_what_follows_a_complaint_whose_speaker_nobody_knows(flags_in):
    [flag] = only(flags_in((Role.UNKNOWN, "I can't breathe."), "Sit down."), "medical_complaint")
    assert flag.details == {}


def test_what_is_told_first_after_a_complaint_is_what_an_officer_can_show():
    assert all(Role.OFFICER in CATALOGUE[behaviour].roles for behaviour in structure.AFTER_COMPLAINT)


def test_a_question_about_the_incident_after_a_lawyer_was_asked_for_is_marked(heard):
    asked = "So where did you get the money?"
    assert "questioning_after_invocation" in heard((CIVILIAN, "I want my lawyer."), asked)
    assert "questioning_after_invocation" not in heard(asked, (CIVILIAN, "I want my lawyer."))
    assert "questioning_after_invocation" not in heard((CIVILIAN, "I want my lawyer."), "Are you hurt?")


def test_a_consent_request_carries_whether_no_was_allowed_and_the_answer(flags_in):
    asked = "Do you mind if I take a look in the trunk?"
    [bare] = only(flags_in(asked, (CIVILIAN, "I don't consent to a search.")), "consent_request")
    assert bare.details == {"right_to_refuse_said": False, "answer": "no"}
    [told] = only(flags_in(asked + " You can say no.", (CIVILIAN, "Sure, go ahead.")), "consent_request")
    assert told.details == {"right_to_refuse_said": True, "answer": "yes"}
    [unanswered] = only(flags_in(asked), "consent_request")
    assert unanswered.details["answer"] is None


def test_a_thousand_orders_are_told_about_as_fast_each_as_a_hundred(talk):
    seconds = []
    for orders in (100, 1000):
        turns, roles = talk(*[(Role.OFFICER, "Drop it!")] * orders)
        marks = [
            Mark("order", 2 * n, 2 * n + 1, 0.9, "rule:test@1", details={"directive": "it"}) for n in range(orders)
        ]
        begun = time.process_time()
        shaped = structure.shape(marks, turns, roles)
        seconds.append((time.process_time() - begun) / orders)
        assert len(shaped) == orders + 1
    assert seconds[1] < 5 * seconds[0]  # ten, were each order compared with all others
