from dataclasses import replace
from datetime import UTC, datetime

from review.encounter import Answer, Direction, Role, SpeakerRole, Status, Verdict
from review.timeline import timeline

AT = datetime(2026, 3, 1, tzinfo=UTC)


def agree(flag, reviewer="reviewer-1"):
    return Verdict(f"{reviewer}:{flag}", "rec", flag, Answer.AGREE, reviewer, "supervisor", AT)


def test_every_number_carries_its_flags(shelved):
    numbers = timeline(shelved.encounter)
    assert numbers.directions[Direction.DEESCALATING].marked == ("flag-1", "flag-2")
    assert numbers.directions[Direction.CIVILIAN].unsure == ("flag-3",)
    assert numbers.behaviours["ultimatum"].marked == ("flag-4",)


def test_nothing_is_verified_until_somebody_says_so(shelved):
    assert all(tally.verified == () for tally in timeline(shelved.encounter).behaviours.values())
    confirmed = timeline(shelved.encounter, verdicts=[agree("flag-1")])
    assert confirmed.behaviours["reason_for_stop"].verified == ("flag-1",)
    assert confirmed.behaviours["ultimatum"].verified == ()
    assert confirmed.coverage == (1, 6)


def test_rates_are_per_minute_of_recording(shelved):
    two_minutes = replace(shelved.encounter, recording=replace(shelved.encounter.recording, seconds=120.0))
    assert timeline(two_minutes).directions[Direction.DEESCALATING].per_minute == 1.0


def test_an_empty_recording_has_rates_of_nothing(shelved):
    recording = replace(shelved.encounter.recording, seconds=0.0)
    nothing = replace(shelved.encounter, recording=recording, turns=(), flags=())
    assert timeline(nothing).directions[Direction.ESCALATING].as_dict()["marked_per_minute"] == 0.0


def test_another_officers_flags_never_enter_the_wearers_figures(shelved):
    flags = tuple(
        replace(flag, role=Role.OTHER_OFFICER) if flag.behaviour == "ultimatum" else flag
        for flag in shelved.encounter.flags
    )
    numbers = timeline(replace(shelved.encounter, flags=flags))
    assert "ultimatum" not in numbers.behaviours
    assert numbers.directions[Direction.ESCALATING].marked == ()
    assert numbers.other_officers["ultimatum"].marked == ("flag-4",)


def test_talk_is_added_up_by_role(shelved):
    roles = (SpeakerRole("S1", Role.OFFICER, 0.9),)
    talk = timeline(replace(shelved.encounter, roles=roles)).talk
    officer = [turn for turn in shelved.encounter.turns if turn.speaker == "S1"]
    spoken = talk[Role.OFFICER]
    assert (spoken.seconds, spoken.words, spoken.turns) == (
        round(sum(turn.span.seconds for turn in officer), 3),
        sum(len(turn.words) for turn in officer),
        len(officer),
    )
    assert round(sum(spoken.share for spoken in talk.values()), 2) == 1.0
    assert Role.UNKNOWN in talk


def test_a_question_is_told_with_the_time_at_which_its_sentence_begins(shelved):
    asked = timeline(shelved.encounter).talk[Role.CIVILIAN].questions
    turn = shelved.encounter.turns[5]
    assert turn.text == "Please, why are you shouting at me?"
    assert asked == (turn.words[0].span.start,)


def test_words_that_explain_are_counted_once_each_and_carry_their_flags(shelved):
    reason = shelved.encounter.flags[0]
    again = replace(reason, id="again", behaviour="explanation", last=reason.last - 2)
    later = replace(reason, id="later", first=reason.first - 2, status=Status.UNSURE)
    told = timeline(replace(shelved.encounter, flags=(reason, again, later)), verdicts=[agree("again")])
    spoken = told.talk[Role.OFFICER]
    assert (spoken.explanation_words, spoken.unsure_explanation_words, spoken.verified_explanation_words) == (9, 2, 7)
    assert sorted(spoken.explanations.flags) == ["again", "flag-1", "later"]


class ReadOnce(tuple[Verdict, ...]):
    """Verdicts that can be walked through once and no second time."""

    walked = 0

    def __iter__(self):
        self.walked += 1
        assert self.walked == 1, "the verdicts are walked through again for another flag"
        return super().__iter__()


def test_however_many_flags_there_are_the_verdicts_are_looked_through_once(shelved):
    verdicts = ReadOnce([agree("flag-1"), agree("flag-4")])
    assert timeline(shelved.encounter, verdicts=verdicts).coverage == (2, 6)


def test_the_numbers_are_json(shelved):
    numbers = timeline(shelved.encounter, verdicts=[agree("flag-1")]).as_dict()
    assert numbers["directions"]["deescalating"] == {
        "marked": 2,
        "unsure": 0,
        "verified": 1,
        "marked_per_minute": round(2 / (shelved.encounter.recording.seconds / 60), 3),
        "verified_per_minute": round(1 / (shelved.encounter.recording.seconds / 60), 3),
        "flags": ["flag-1", "flag-2"],
        "verified_flags": ["flag-1"],
    }
