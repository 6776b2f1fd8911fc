import pytest

from review.behaviours import bases
from review.encounter import Role

CIVILIAN = Role.CIVILIAN
SEARCHED = "I'm going to search the vehicle."


def searches(flags):
    return [flag for flag in flags if flag.behaviour == "search"]


@pytest.mark.parametrize("basis", bases.bases(), ids=lambda basis: basis.id)
def test_each_basis_is_said_in_its_hits_and_in_no_miss(basis):
    assert basis.hits
    assert basis.misses
    assert [text for text in basis.hits if not basis.said_in(bases.plain(text))] == []
    assert [text for text in basis.misses if basis.said_in(bases.plain(text))] == []


def test_ids_of_bases_are_their_own_and_each_example_says_one_basis_only():
    assert len({basis.id for basis in bases.bases()}) == len(bases.bases())
    for basis in bases.bases():
        assert {text: bases.said_in(bases.plain(text)) for text in basis.hits} == {
            text: [basis.id] for text in basis.hits
        }


def test_a_basis_said_in_the_turn_of_a_search_is_on_its_mark(flags_in):
    [search] = searches(flags_in(f"You gave me permission. {SEARCHED}"))
    assert search.details == {"basis": ["consent"]}


def test_a_search_without_a_basis_said_has_none(flags_in):
    [search] = searches(flags_in(SEARCHED))
    assert search.details == {}


def test_several_bases_said_are_all_told(flags_in):
    said = f"You consented, and I've got probable cause anyway. {SEARCHED}"
    assert {tuple(flag.details["basis"]) for flag in searches(flags_in(said))} == {("consent", "probable cause")}


def test_a_denied_basis_does_not_hide_the_one_that_is_claimed(flags_in):
    found = searches(flags_in(f"I don't need a warrant, I've got probable cause. {SEARCHED}"))
    assert {tuple(flag.details["basis"]) for flag in found} == {("probable cause",)}


def test_what_somebody_else_says_or_another_turn_is_no_basis_of_this_search(flags_in):
    around = ("We have a warrant.", (CIVILIAN, "You have probable cause?"), SEARCHED, (CIVILIAN, "I consented?"))
    assert [flag.details for flag in searches(flags_in(*around)) if flag.quote.startswith("I'm")] == [{}]
