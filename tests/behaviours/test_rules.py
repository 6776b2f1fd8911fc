"""Every rule does what its examples say: each hit is marked with its behaviour, no miss is."""

import re

import pytest

from review.behaviours import CATALOGUE, rules
from review.encounter import Role

RULES = rules.load()
# Their wording means something only after something else was said; test_structure.py says what.
IN_CONTEXT = {rule.id for rule in RULES if rule.after}
# No rule can hear these: they are measured from structure or sound.
MEASURED = {"repeated_order", "conflicting_orders", "interruption", "raised_voice"}


def speaker(rule):
    roles = CATALOGUE[rule.behaviour].roles
    return next(role for role in (Role.OFFICER, Role.CIVILIAN) if role in roles)


@pytest.mark.parametrize(
    ("rule", "said"), [pytest.param(rule, hit, id=f"{rule.id}: {hit}") for rule in RULES for hit in rule.hits]
)
def test_a_hit_is_marked(rule, said, heard):
    assert rule.behaviour in heard((speaker(rule), said))


@pytest.mark.parametrize(
    ("rule", "said"), [pytest.param(rule, miss, id=f"{rule.id}: {miss}") for rule in RULES for miss in rule.misses]
)
def test_a_miss_is_not_marked(rule, said, heard):
    assert rule.behaviour not in heard((speaker(rule), said))


@pytest.mark.parametrize(
    ("rule", "said"), [pytest.param(rule, hit, id=f"{rule.id}: {hit}") for rule in RULES for hit in rule.hits]
)
def test_a_hit_is_marked_without_capitals_apostrophes_and_commas_too(rule, said, heard):
    """Recognised speech has sentence ends at best; what a rule needs beyond them it would miss in the field."""
    bare = re.sub(r"[,'’]", "", said).lower()
    assert rule.behaviour in heard((speaker(rule), bare))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_pattern_can_be_read_and_every_rule_is_complete(rule):
    for pattern in (*rule.patterns, *rule.unless, *rule.unless_turn):
        assert pattern.expression.groups <= 1
    assert all(pattern.keys for pattern in rule.patterns), "a pattern without a word of its own is tried on everything"
    assert rule.behaviour in CATALOGUE
    assert rule.id.startswith(f"{rule.behaviour}/")
    assert 0.5 <= rule.precision <= 1.0
    assert rule.source
    assert rule.misses
    assert rule.hits or rule.id in IN_CONTEXT


def test_ids_are_unique_and_cited_with_their_version():
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert RULES[0].cited == f"rule:{RULES[0].id}@1.3"


def test_every_behaviour_that_can_be_heard_in_words_has_a_rule():
    assert {rule.behaviour for rule in RULES} == set(CATALOGUE) - MEASURED


def test_what_overrules_what_names_only_behaviours_of_the_codebook():
    for winner, losers in rules.overrules().items():
        assert {winner, *losers} <= set(CATALOGUE)
        assert winner not in losers
