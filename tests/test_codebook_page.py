"""docs/behaviours.md says what the catalogue, the rules, the program and the measured figures say."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from benchmarks import behaviours as bench
from benchmarks import codebook, examples
from review.behaviours import CATALOGUE, rules
from review.scoring import Found, TalkScore
from review.scoring.words import BINS, Bin

RULED = sorted({rule.behaviour for rule in rules.load() if not rule.after})


@pytest.fixture
def measured(tmp_path):
    """Talks in which `courtesy` was shown by two officers, written and read as the benchmark does."""
    wearer, other = Found(8, 2, 4, 1, 2), Found(right=9, wrong=1, missed=3)
    total = TalkScore(
        talks=3,
        words=210,
        found={"courtesy": wearer + other, "insult": Found(right=1, missed=1), "raised_voice": Found(missed=2)},
        by_role={
            "officer": {"courtesy": wearer, "insult": Found(right=1, missed=1)},
            "other_officer": {"courtesy": other},
        },
        near={"courtesy": (16, 2)},
        bins=(*(Bin() for _ in range(BINS - 1)), Bin(20, 18, 19.0)),
    )
    path = tmp_path / "behaviours.json"
    path.write_text(json.dumps({"talks": {"tuned on": {}, "set aside": bench.summary(total)}}), encoding="utf-8")
    return codebook.read_measured(path)


def entry(page, behaviour):
    """The part of the page that is about this behaviour."""
    return page.split(f"\n### {behaviour}\n", 1)[1].split("\n##", 1)[0]


def test_the_page_is_the_one_that_the_catalogue_the_rules_and_the_figures_make():
    made = codebook.page(codebook.read_measured())
    told = codebook.PAGE.read_text(encoding="utf-8")
    assert told == made, "docs/behaviours.md is out of date: run python -m benchmarks.codebook"


def test_another_definition_makes_another_page(monkeypatch):
    before = codebook.page(codebook.Measured())
    changed = {**CATALOGUE, "courtesy": replace(CATALOGUE["courtesy"], definition="The officer bows.")}
    monkeypatch.setattr(codebook, "CATALOGUE", changed)
    after = codebook.page(codebook.Measured())
    assert "The officer bows." in after
    assert after != before


def test_another_rule_makes_another_page(monkeypatch):
    before = codebook.page(codebook.Measured())
    one = next(rule for rule in rules.load() if rule.behaviour == "apology")
    more = (replace(one, id="apology/new", source="T18", hits=("Pardon me for that.",)), *rules.load())
    monkeypatch.setattr(rules, "load", lambda: more)
    after = codebook.page(codebook.Measured())
    assert "Pardon me for that." in entry(after, "apology")
    assert "2 rules" in entry(after, "apology")
    assert "Todak & James 2018" in entry(after, "apology")
    assert after != before


@pytest.mark.parametrize("behaviour", CATALOGUE.values(), ids=lambda one: one.id)
def test_every_behaviour_is_told_with_its_definition_and_what_finds_it(behaviour):
    page = codebook.page(codebook.Measured())
    own = entry(page, behaviour.id)
    assert behaviour.definition in own
    assert "- **Found by**: " in own
    assert f"| [`{behaviour.id}`](#{behaviour.id}) | " in page


@pytest.mark.parametrize("behaviour", RULED)
def test_an_entry_has_one_to_four_examples_of_each_kind_from_its_rules(behaviour):
    own = entry(codebook.page(codebook.Measured()), behaviour)
    for name, kind in (("Marked", "hits"), ("Not marked", "misses")):
        known = {
            codebook._plain(one) for rule in rules.load() if rule.behaviour == behaviour for one in getattr(rule, kind)
        }
        [line] = [line for line in own.splitlines() if line.startswith(f"- **{name}**: ")]
        shown = [one.strip('"') for one in line.removeprefix(f"- **{name}**: ").split(" · ")]
        assert min(2, len(known)) <= len(shown) <= codebook.EXAMPLES
        assert set(shown) <= known


SHOWN = {
    "Marked": True,
    "Not marked": False,
    "Ought to be marked and is not": False,
    "Ought not to be marked and is": True,
}
FEW = 2  # of the examples that do as their rule says are asked here; of the others all


@pytest.mark.parametrize("behaviour", CATALOGUE.values(), ids=lambda one: one.id)
def test_the_whole_program_does_with_the_pages_examples_what_the_page_says(behaviour):
    for name, texts in codebook.examples_of(behaviour, codebook.read_measured()):
        some = texts if name.startswith("Ought") else texts[:FEW]
        found = {text: examples.marked(behaviour.id, text) for text in some}
        assert set(found.values()) <= {SHOWN[name]}, "measure again: python -m benchmarks.behaviours examples"


def test_examples_that_end_otherwise_are_told_apart():
    courtesy = CATALOGUE["courtesy"]
    plain = dict(codebook.examples_of(courtesy, codebook.Measured()))
    hit, miss = plain["Marked"][0], plain["Not marked"][0]
    other = codebook.Measured(otherwise={"missed": {"courtesy": [hit]}, "marked": {"courtesy": [miss]}})
    told = dict(codebook.examples_of(courtesy, other))
    assert hit not in told["Marked"]
    assert miss not in told["Not marked"]
    assert (told["Ought to be marked and is not"], told["Ought not to be marked and is"]) == ([hit], [miss])


def test_what_means_something_only_after_something_else_shows_no_examples_as_if_it_stood_alone():
    own = entry(codebook.page(codebook.Measured()), "questioning_after_invocation")
    assert "only after lawyer_request" in own
    assert "**Not marked**" not in own


def test_every_abbreviation_is_spelled_out_and_has_its_reference():
    cited = {short for one in CATALOGUE.values() for short in one.basis}
    cited |= {rule.source for rule in rules.load() if rule.source.isalnum() and rule.source != codebook.OWN}
    assert cited == set(codebook.SOURCES)
    page = codebook.page(codebook.Measured())
    for short, one in codebook.SOURCES.items():
        assert f"- **{short}**: {one['reference']}" in page
        assert f"{one['name']} ([{short}](#sources))" in page


def test_without_a_measurement_the_page_says_so_and_shows_no_figure(tmp_path):
    page = codebook.page(codebook.read_measured(tmp_path / "none.json"))
    assert "- **Measured**: not measured yet" in entry(page, "courtesy")
    assert "95 %: " not in page.split("## How well it does")[1]


def test_figures_come_with_counts_intervals_near_misses_and_what_was_unsure(measured):
    own = entry(codebook.page(measured), "courtesy")
    assert "precision 85.0 % (17 of 20; 95 %: 64.0-94.8), recall 70.8 % (17 of 24; 95 %: 50.8-85.1)" in own
    assert "and 3 unsure (1 right)" in own
    assert "of 16 lines that only look like it, 2 got a sure mark" in own


def test_figures_are_told_by_role_where_several_roles_can_show_it(measured):
    own = entry(codebook.page(measured), "courtesy")
    assert "the officer who wears the camera: precision 80.0 % (8 of 10; 95 %: 49.0-94.3)" in own
    assert "another officer: precision 90.0 % (9 of 10; 95 %: 59.6-98.2)" in own


def test_few_marks_are_called_few_and_none_none(measured):
    page = codebook.page(measured)
    assert "Only 2 in the gold: too few to rely on" in entry(page, "insult")
    assert "too few" not in entry(page, "courtesy")
    assert "not in the talks set aside" in entry(page, "apology")
    assert "not on written talks, which have no sound" in entry(page, "raised_voice")


def test_the_whole_is_told_with_how_far_confidence_was_off(measured):
    page = codebook.page(measured)
    assert "On 3 written talks set aside (210 words)" in page
    assert "off by 5.0 % on average" in page
    assert "| 0.9-1.0 | 20 | 95.0 | 90.0 |" in page
    assert "| [`courtesy`](#courtesy) | de-escalating | 85.0 | 70.8 | 24 |  |" in page


def test_what_the_program_never_shows_as_sure_is_told_so(measured):
    assert "raised_voice" in codebook.unsure_only()
    assert "courtesy" not in codebook.unsure_only()
    page = codebook.page(measured)
    assert "**Shown as unsure only.**" in entry(page, "raised_voice")
    assert "Shown as unsure only" not in entry(page, "courtesy")


@pytest.mark.parametrize(
    ("free", "why"),
    [
        (Found(right=7, wrong=3), "7 of its 10 marks that would be sure were right, under 80 %: the program always"),
        (Found(right=1), "Only 1 of its marks on the talks set aside would be sure, too few to say how often they are"),
    ],
)
def test_what_became_unsure_only_tells_why_and_how_its_marks_did(measured, monkeypatch, free, why):
    monkeypatch.setattr(codebook, "unsure_only", lambda: frozenset({"courtesy"}))
    own = entry(codebook.page(replace(measured, free={"courtesy": free})), "courtesy")
    assert why in own
    assert "Of 3 such marks on the talks set aside 1 were right." in own


def test_under_80_percent_is_too_imprecise(measured):
    found = {**measured.found, "insult": Found(right=79, wrong=21), "apology": Found(right=80, wrong=20)}
    assert codebook.too_imprecise(replace(measured, found=found)) == {"insult"}


@pytest.mark.skipif(not codebook.read_measured().made, reason="the talks set aside are not measured yet")
def test_what_was_measured_under_80_percent_is_shown_as_unsure_only():
    assert codebook.too_imprecise(codebook.read_measured()) <= codebook.unsure_only()


def test_where_the_sentence_model_is_used_the_entry_says_so(monkeypatch):
    monkeypatch.setattr(codebook, "known_to_the_model", lambda: frozenset({"courtesy"}))
    page = codebook.page(codebook.Measured())
    assert codebook.MODEL in page
    assert "rules; the sentence model\n" in entry(page, "courtesy")
    assert "calibrated on talks" in entry(page, "courtesy")
    assert "sentence model" not in entry(page, "apology")
