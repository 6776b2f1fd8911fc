"""The next revision: what people said holds on for what is still the same, and for nothing else."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from review import behaviours, policy, revisions
from review.behaviours import Mark
from review.encounter import (
    Answer,
    Correction,
    CorrectionKind,
    ModelUse,
    Role,
    Span,
    Standing,
    Status,
    Verdict,
    standing,
)
from review.encounter_json import from_json, to_json
from review.pipeline import Settings
from review.revisions import Change

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def at():
    return AT


def marked(encounter):
    """The handmade encounter as the program itself marks it, read back from JSON as from a store."""
    return from_json(to_json(revisions.retagged(encounter, RULES, clock=at)))


def agreed(flag, encounter):
    return Verdict(f"c:{flag.id}", encounter.recording.sha256, flag.id, Answer.AGREE, "reviewer-1", "supervisor", AT)


def newer_rules(turns, roles):
    """The rules as they are after an update: the same marks from another version, without orders, with one new one."""
    marks = [mark for mark in behaviours.TAGGERS["rules"](turns, roles) if mark.behaviour != "order"]
    return [
        *(replace(mark, source=f"{mark.source}.9") for mark in marks),
        Mark("appreciation", 0, 1, 0.9, "rule:appreciation/new@1.9"),
    ]


# What the taggers beside the rules find is theirs to test; here it only matters that something changes.
RULES = Settings(behaviours=behaviours.Settings(taggers=("rules",)))
NEWER = Settings(behaviours=behaviours.Settings(taggers=("tests.test_revisions:newer_rules",)))


@pytest.fixture
def before(shelved):
    return marked(shelved.encounter)


def test_marking_again_by_the_same_rules_changes_nothing_but_the_revision(before):
    after = revisions.retagged(before, RULES, clock=at)
    assert after.flags == before.flags
    assert after.revision == before.revision + 1
    assert revisions.difference(before, after) == ()


def test_marking_again_keeps_words_roles_and_what_was_heard(before):
    after = revisions.retagged(before, NEWER, clock=at)
    assert (after.turns, after.roles, after.acts) == (before.turns, before.roles, before.acts)
    assert after.recording == before.recording


def test_provenance_tells_the_rules_and_settings_that_marked_it_and_those_that_heard_it(shelved):
    words = ModelUse("speech", "base", "1")
    old = replace(
        shelved.encounter.provenance,
        models=(words, ModelUse("behaviours", "rules", "0.1")),
        settings={"speech.model": "base", "behaviours.threshold": 0.5, "behaviours.thresholds.order": 0.9},
        remarks=("The second speaker is far.", "Marked anew from the words kept, with codebook and rules 0.1."),
    )
    chosen = replace(policy.built_in(), threshold=0.7)
    told = revisions.retagged(
        replace(shelved.encounter, provenance=old), Settings(behaviours=chosen.tagging()), clock=at
    ).provenance
    assert told.models == (words, *behaviours.models())
    assert told.settings["behaviours.threshold"] == 0.7
    assert "behaviours.thresholds.order" not in told.settings
    assert told.settings["speech.model"] == "base"
    assert told.remarks[0] == "The second speaker is far."
    assert len(told.remarks) == 2
    assert behaviours.models()[0].version in told.remarks[1]


def test_the_difference_names_what_went_what_came_and_what_is_otherwise(before):
    after = revisions.retagged(before, NEWER, clock=at)
    changes = revisions.difference(before, after)
    orders = [flag for flag in before.flags if flag.behaviour == "order"]
    assert [one.before for one in changes if one.change is Change.GONE] == orders
    assert [one.flag.behaviour for one in changes if one.change is Change.NEW] == ["appreciation"]
    same = [one for one in changes if one.change is Change.OTHERWISE]
    assert len(same) == len(before.flags) - len(orders)
    assert all(one.after.source.endswith(".9") and one.before.quote == one.after.quote for one in same)


def test_a_stricter_policy_is_shown_as_flags_that_are_now_unsure_and_back(before):
    strict = Settings(behaviours=replace(policy.built_in(), threshold=1.0).tagging())
    strict = replace(strict, behaviours=replace(strict.behaviours, taggers=("rules",)))
    after = revisions.retagged(before, strict, clock=at)
    sure = [flag for flag in before.flags if flag.status is Status.FLAGGED]
    assert sure
    assert [one.change for one in revisions.difference(before, after)] == [Change.NOW_UNSURE] * len(sure)
    assert [one.change for one in revisions.difference(after, before)] == [Change.NOW_SURE] * len(sure)


def test_a_flag_on_other_words_of_that_moment_is_one_change_and_not_two(before):
    [flag, *_] = (flag for flag in before.flags if flag.last > flag.first)
    word = before.words[flag.first]
    shorter = replace(flag, id="other", last=flag.first, quote=word.text, span=word.span)
    after = replace(before, flags=tuple(shorter if one is flag else one for one in before.flags))
    [change] = revisions.difference(before, after)
    assert (change.change, change.before, change.after) == (Change.OTHER_WORDS, flag, shorter)


def test_what_people_said_holds_on_when_a_new_version_marks_the_same(before):
    flag = next(flag for flag in before.flags if flag.behaviour == "time_and_space")
    after = revisions.retagged(before, NEWER, clock=at)
    now = next(one for one in after.flags if one.behaviour == "time_and_space")
    assert now.source != flag.source
    assert standing(now.id, [agreed(flag, before)]) is Standing.VERIFIED
    assert len({one.id for one in after.flags}) == len(after.flags)


def test_what_people_said_does_not_hold_for_other_words(before):
    flag = next(flag for flag in before.flags if flag.last > flag.first)
    reworded = replace(flag, quote=f"{flag.quote} now")
    earlier = replace(before, flags=(reworded,))
    after = revisions.retagged(earlier, RULES, clock=at)
    now = next(one for one in after.flags if (one.behaviour, one.first) == (flag.behaviour, flag.first))
    assert standing(now.id, [agreed(reworded, before)]) is Standing.UNVERIFIED


@pytest.mark.parametrize(
    ("start", "length", "same"), [(0.0, 2.0, True), (1.0, 2.0, True), (1.2, 2.0, False), (0.0, 5.0, False)]
)
def test_the_same_flag_overlaps_by_half_of_the_longer_one(before, start, length, same):
    flag = replace(before.flags[0], span=Span(10.0, 12.0))
    moved = replace(flag, id="other", source="rule:other@2", span=Span(10.0 + start, 10.0 + start + length))
    assert revisions._same(flag, moved) is same


def test_what_people_said_is_not_carried_to_another_speaker(before):
    flag = next(flag for flag in before.flags if flag.speaker == "S1" and flag.behaviour == "time_and_space")
    other = next(flag for flag in before.flags if flag.speaker == "S2")
    turn = next(turn for turn in before.turns if turn.span.start <= flag.span.start < turn.span.end)
    sha256 = before.recording.sha256
    given = Correction(sha256, CorrectionKind.SPEAKER, "S1", turn.span, "S1", "S3", "reviewer-1", AT)
    known = Correction(sha256, CorrectionKind.ROLE, "S3", Span(0, 99), "unknown", "officer", "reviewer-1", AT)
    after = revisions.corrected(before, [given, known], RULES, clock=at)
    now = next(one for one in after.flags if one.behaviour == "time_and_space")
    assert (now.speaker, now.quote) == ("S3", flag.quote)
    said = [agreed(flag, before), agreed(other, before)]
    assert standing(now.id, said) is Standing.UNVERIFIED
    assert standing(other.id, said) is Standing.VERIFIED
    assert other.id in {one.id for one in after.flags}


def test_what_people_said_of_a_civilian_is_not_carried_to_an_officer_of_the_same_voice(before):
    flag = replace(before.flags[0], role=Role.CIVILIAN)
    assert revisions._same(flag, replace(flag, id="anew"))
    assert not revisions._same(flag, replace(flag, id="anew", role=Role.OTHER_OFFICER))


def test_an_encounter_without_words_is_marked_again_without_flags(shelved):
    silent = replace(shelved.encounter, turns=(), flags=())
    assert revisions.retagged(silent, clock=at).flags == ()
