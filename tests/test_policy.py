"""What an agency may decide, what it may not, and that every mistake in its file is told in plain words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from importlib.resources import files
from pathlib import Path

import pytest

from review import behaviours, policy, transcripts
from review.behaviours import rules, structure
from review.encounter import Direction, Role, Span, SpeakerRole, Status, Turn, VoiceAct, VoiceActKind, Word
from review.errors import UnreadablePolicy
from review.policy import Policy, Reply
from review.policy.entries import JUDGING
from review.timeline import timeline
from review.transcripts import Line

OFFICER, CIVILIAN = Role.OFFICER, Role.CIVILIAN
UK = (
    "I'm arresting you on suspicion of theft. You do not have to say anything. But it may harm your defence if you do "
    "not mention when questioned something which you later rely on in court. Anything you do say may be given in "
    "evidence."
)
CANADA = (
    "You're under arrest for theft. It is my duty to inform you that you have the right to retain and instruct counsel "
    "without delay. You have the right to telephone any lawyer you wish. You also have the right to free advice from a "
    "legal aid lawyer. You are not obliged to say anything, but whatever you say may be given in evidence."
)
MIRANDA = (
    "You have the right to remain silent. Anything you say can and will be used against you in a court of law. You "
    "have the right to an attorney. If you cannot afford an attorney, one will be appointed for you."
)
EVERYTHING = """
[agency]
name = "County Police"
peer_support = "Peer support: extension 100"
[behaviours]
hide = ["undirected_profanity", "empathy"]
[thresholds]
overall = 0.75
[thresholds.by_behaviour]
explanation = 0.8
[rights]
country = "ca"
[retention]
days = 365
[[checklist]]
id = "stop"
title = "Traffic stop"
[[checklist.item]]
id = "reason"
text = "Was the reason given?"
answers = ["yes", "no", "cannot_tell"]
look_at = ["reason_for_stop"]
"""


@pytest.fixture
def written(tmp_path):
    """Writes a policy and gives its path."""

    def write(text: str) -> Path:
        path = tmp_path / "agency.toml"
        path.write_text(text, "utf-8")
        return path

    return write


def flags_in(*said, settings):
    lines = [Line(role.value, role, text) for role, text in said]
    return behaviours.tag(*transcripts.to_turns(lines), settings=settings)


def rights_in(*said, country):
    chosen = replace(policy.built_in(), country=policy.countries()[country])
    flags = flags_in(*((OFFICER, text) for text in said), settings=chosen.tagging())
    return [flag.details for flag in flags if flag.behaviour == "rights_advisement"]


def keys_of(value: object) -> Iterator[str]:
    for key, inner in value.items() if isinstance(value, Mapping) else ():
        yield key
        yield from keys_of(inner)
    for inner in value if isinstance(value, list) else ():
        yield from keys_of(inner)


def test_the_example_in_the_docs_can_be_read_as_it_stands(written):
    page = (Path(__file__).parent.parent / "docs" / "policy.md").read_text("utf-8")
    [example] = re.findall(r"```toml\n(.*?)```", page, flags=re.DOTALL)
    read = policy.read(written(example))
    assert read.country.id == "uk"
    assert read.checklists[0].items[0].look_at


def test_without_a_policy_the_program_is_as_it_is(monkeypatch):
    monkeypatch.delenv(policy.VARIABLE, raising=False)
    assert policy.current() == policy.built_in()
    assert policy.current().tagging() == behaviours.Settings()
    assert policy.current().hidden == frozenset()
    assert policy.current().retention_days is None


def test_everything_that_a_file_says_holds(written):
    read = policy.read(written(EVERYTHING))
    assert (read.agency, read.peer_support) == ("County Police", "Peer support: extension 100")
    assert read.hidden == {"undirected_profanity", "empathy"}
    assert (read.threshold, read.thresholds) == (0.75, {"explanation": 0.8})
    assert read.country.id == "ca"
    assert read.retention_days == 365
    [checklist] = read.checklists
    assert checklist.items[0].answers == (Reply.YES, Reply.NO, Reply.CANNOT_TELL)
    assert checklist.items[0].look_at == ("reason_for_stop",)


def test_what_a_file_leaves_out_is_as_built_in(written):
    read = policy.read(written('[agency]\nname = "County Police"\n'))
    assert read == replace(policy.built_in(), agency="County Police")


def test_the_environment_names_the_policy_and_the_option_goes_before_it(written, monkeypatch, tmp_path):
    monkeypatch.setenv(policy.VARIABLE, str(written('[agency]\nname = "County Police"\n')))
    assert policy.current().agency == "County Police"
    other = tmp_path / "other.toml"
    other.write_text('[agency]\nname = "City Police"\n')
    assert policy.current(other).agency == "City Police"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("colour = 1", "colour: 'colour' is no key here"),
        ("[behaviours]\nhides = []", "behaviours.hides: 'hides' is no key here; did you mean hide?"),
        ("[agency]\nname = 7", "agency.name: it must be a text, not a whole number"),
        ("agency = 7", "agency: it must be a table, not a whole number"),
        ("[behaviours]\nhide = 'empathy'", "behaviours.hide: it must be a list, not a text"),
        ("[behaviours]\nhide = [1]", "behaviours.hide: 1 in the list must be a text; put it in quotes"),
        ("[behaviours]\nhide = ['empaty']", "'empaty' is no behaviour of the codebook; did you mean empathy?"),
        ("[behaviours]\nhide = ['bias_remark']", "always goes to a person and cannot be hidden"),
        ("[thresholds]\noverall = 1.5", "thresholds.overall: 1.5 is no threshold; give a number from 0.7 to 1"),
        ("[thresholds]\noverall = -1", "thresholds.overall: -1.0 is no threshold"),
        ("[thresholds]\noverall = nan", "thresholds.overall: nan is no threshold"),
        ("[thresholds]\noverall = true", "thresholds.overall: it must be a number, not true or false"),
        ("[thresholds]\noverall = '0.7'", "thresholds.overall: it must be a number, not a text"),
        ("[thresholds]\noverall = 0.3", "0.3 is below the program's own 0.7; a policy can only ask for more"),
        ("[thresholds.by_behaviour]\norders = 0.7", "thresholds.by_behaviour.orders: 'orders' is no behaviour"),
        ("[thresholds.by_behaviour]\norder = 7", "thresholds.by_behaviour.order: 7.0 is no threshold"),
        ("[rights]\ncountry = 'fr'", "rights.country: 'fr' is no country whose rights are known; there are ca, uk, us"),
        ("[retention]\ndays = 0", "retention.days: 0 days cannot be kept"),
        ("[retention]\ndays = 1.5", "retention.days: it must be a whole number, not a number"),
        ("[[checklist]]\nid = 'a'\ntitle = 'A'", "checklist[1].item: a checklist asks something"),
        ("[[checklist]]\ntitle = 'A'\nitem = [{ id = 'a', text = 'A?' }]", "checklist[1].id: it is missing; add it"),
        ("[[checklist]]\nid = 'A b'\ntitle = 'A'\nitem = [{ id = 'a', text = 'A?' }]", "'A b' is no id"),
        ("[[checklist]]\nid = 'a'\ntitle = ' '\nitem = [{ id = 'a', text = 'A?' }]", "checklist[1].title: it is empty"),
        ("[checklist]\nid = 'a'", "checklist: it must be a list, not a table"),
        (
            "[[checklist]]\nid = 'a'\ntitle = 'A'\nitem = [{ id = 'a', text = 'A?' }, { id = 'a', text = 'B?' }]",
            "checklist[1].item: 'a' is there 2 times",
        ),
        (
            "[[checklist]]\nid = 'a'\ntitle = 'A'\nitem = [{ id = 'a', text = 'A?', answers = ['yes', 'maybe'] }]",
            "checklist[1].item[1].answers: 'maybe' is no answer",
        ),
        (
            "[[checklist]]\nid = 'a'\ntitle = 'A'\nitem = [{ id = 'a', text = 'A?', answers = ['yes', 'no'] }]",
            "cannot_tell must be among the answers",
        ),
        (
            "[[checklist]]\nid = 'a'\ntitle = 'A'\nitem = [{ id = 'a', text = 'A?', look_at = ['x'] }]",
            "checklist[1].item[1].look_at: 'x' is no behaviour",
        ),
        ("[agency\nname = 1", "is not written in TOML"),
    ],
)
def test_a_mistake_is_told_with_the_file_the_key_and_what_to_do(written, text, words):
    with pytest.raises(UnreadablePolicy) as told:
        policy.read(written(text))
    assert words in str(told.value)
    assert "agency.toml: " in str(told.value) or "agency.toml is" in str(told.value)
    assert told.value.exit_code == 2


def test_a_policy_that_is_not_there_or_is_no_text_is_told(tmp_path):
    with pytest.raises(UnreadablePolicy, match=r"none\.toml cannot be read .*check the path"):
        policy.read(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UnreadablePolicy, match="no text in UTF-8"):
        policy.read(tmp_path / "bytes.toml")


def test_there_is_no_level_grade_or_score_of_a_person_in_it():
    data = [
        tomllib.loads(files(policy).joinpath(name).read_text("utf-8")) for name in ("default.toml", "countries.toml")
    ]
    kinds = (Policy, policy.Checklist, policy.Item, policy.Country, policy.Element)
    names = [*(field.name for kind in kinds for field in fields(kind)), *keys_of(data), *Reply]
    assert "look_at" in names
    assert not [name for name in names if JUDGING.search(name)]


@pytest.mark.parametrize("key", ["level", "grade", "score", "officer_rating", "rank", "tiers", "points"])
@pytest.mark.parametrize("where", ["", "[agency]\n", "[behaviours]\n", "[thresholds]\n", "[retention]\n"])
def test_a_level_grade_or_score_of_a_person_is_refused_wherever_it_stands(written, key, where):
    with pytest.raises(UnreadablePolicy, match="holds no level, grade or score of anybody"):
        policy.read(written(f"{where}{key} = 3\n"))


def test_an_item_of_a_checklist_cannot_be_worth_points(written):
    text = "[[checklist]]\nid = 'a'\ntitle = 'A'\nitem = [{ id = 'a', text = 'A?', points = 2 }]"
    with pytest.raises(UnreadablePolicy, match=r"checklist\[1\]\.item\[1\]\.points"):
        policy.read(written(text))


def test_the_built_in_checklist_asks_what_a_review_asks_and_always_allows_cannot_tell():
    [checklist] = policy.built_in().checklists
    ids = {item.id for item in checklist.items}
    assert {"camera_on", "reason_given", "consent_asked", "right_to_refuse_said", "force_used", "aid_given"} <= ids
    assert all(item.answers == tuple(Reply) and item.text.endswith("?") for item in checklist.items)


def test_a_stricter_policy_makes_flags_unsure_and_none_go():
    said = ((OFFICER, "Take your time. Step out of the car."),)
    plain = flags_in(*said, settings=behaviours.Settings())
    strict = flags_in(*said, settings=replace(policy.built_in(), threshold=1.0).tagging())
    assert Status.FLAGGED in {flag.status for flag in plain}
    assert strict == tuple(replace(flag, status=Status.UNSURE) for flag in plain)


def test_a_threshold_of_one_behaviour_leaves_the_others_alone():
    chosen = replace(policy.built_in(), thresholds={"time_and_space": 1.0})
    flags = flags_in((OFFICER, "Take your time. Step out of the car."), settings=chosen.tagging())
    status = {flag.behaviour: flag.status for flag in flags}
    assert status["time_and_space"] is Status.UNSURE
    assert status["order"] is Status.FLAGGED


def test_no_policy_makes_a_flag_surer_than_the_program_does():
    """Not even one made in code, where nobody reads the file."""
    loose = replace(policy.built_in(), threshold=0.0, thresholds={"order": 0.0, "raised_voice": 0.0})
    assert loose.tagging().threshold == behaviours.Settings.threshold
    doubtful = [Turn("A", Span(0, 1), tuple(Word(w, Span(0, 1), 0.4) for w in ("Step", "out", "of", "the", "car")))]
    loud = [VoiceAct(VoiceActKind.RAISED_VOICE, Span(0, 1), "A", {"decibels": 9.0})]
    flags = behaviours.tag(doubtful, [SpeakerRole("A", OFFICER, 1.0)], acts=loud, settings=loose.tagging())
    assert {"order", "raised_voice"} <= {flag.behaviour for flag in flags}
    assert {flag.status for flag in flags} == {Status.UNSURE}
    unknown = behaviours.tag(doubtful, [SpeakerRole("A", Role.UNKNOWN, 0.0)], settings=loose.tagging())
    assert {flag.status for flag in unknown} == {Status.UNSURE}


def test_a_hidden_behaviour_is_neither_shown_nor_counted_but_told_of_and_still_stored(shelved):
    chosen = replace(policy.built_in(), hidden=frozenset({"ultimatum", "empathy"}))
    shown = chosen.shown(shelved.encounter)
    assert "ultimatum" not in {flag.behaviour for flag in shown.flags}
    assert len(shown.flags) == len(shelved.encounter.flags) - 1
    assert timeline(shown).directions[Direction.ESCALATING].marked == ()
    assert "by the agency's policy: ultimatum (1)." in shown.provenance.remarks[-1]
    assert "ultimatum" in {flag.behaviour for flag in shelved.encounter.flags}


@pytest.mark.parametrize(
    ("following", "left"),
    [
        (["order", "ultimatum"], {"then_marked": ["order"]}),
        (["ultimatum"], {}),
        ([], {"then_marked": []}),
    ],
)
def test_a_complaint_does_not_tell_that_a_hidden_behaviour_follows_it(shelved, following, left):
    complaint = replace(shelved.encounter.flags[0], behaviour="medical_complaint", details={"then_marked": following})
    encounter = replace(shelved.encounter, flags=(complaint, *shelved.encounter.flags[1:]))
    shown = replace(policy.built_in(), hidden=frozenset({"ultimatum"})).shown(encounter)
    assert shown.flags[0].details == left


def test_a_policy_that_hides_nothing_that_is_there_changes_nothing(shelved):
    assert replace(policy.built_in(), hidden=frozenset({"empathy"})).shown(shelved.encounter) is shelved.encounter


def test_the_library_does_not_count_what_is_hidden(shelved, new_store):
    [entry] = new_store().recordings(hidden={"ultimatum"})
    assert Direction.ESCALATING not in entry.counts
    [entry] = new_store().recordings()
    assert entry.counts[Direction.ESCALATING].marked == 1


def test_the_built_in_rights_are_those_that_the_tagger_has_by_itself():
    assert policy.built_in().tagging().rights == structure.RIGHTS


@pytest.mark.parametrize("country", policy.countries().values(), ids=lambda country: country.id)
def test_every_element_of_a_country_can_be_heard_and_has_a_legal_source(country):
    given = {dict(rule.details)["element"] for rule in rules.load() if rule.behaviour == "rights_advisement"}
    assert {element.id for element in country.elements} <= given
    assert country.source
    assert all(element.text for element in country.elements)


@pytest.mark.parametrize(("country", "said"), [("us", MIRANDA), ("uk", UK), ("ca", CANADA)])
@pytest.mark.parametrize("bare", [False, True], ids=["written", "as recognised"])
def test_rights_told_in_full_lack_nothing_of_their_country(country, said, bare):
    text = re.sub(r"[.,'’]", "", said).lower() if bare else said
    told = rights_in(text, country=country)
    assert told[-1]["not_heard"] == []
    assert told[-1]["heard"] == [element.id for element in policy.countries()[country].elements]


def test_what_is_not_told_is_named_by_the_country_that_expects_it():
    assert rights_in(MIRANDA, country="uk")[-1]["not_heard"] == ["reason", "may_harm"]
    assert rights_in(MIRANDA, country="ca")[-1]["not_heard"] == ["reason", "duty_counsel"]
    assert rights_in(UK, country="us")[-1]["not_heard"] == ["lawyer", "appointed"]
    assert rights_in(UK, country="ca")[-1]["not_heard"] == ["lawyer", "duty_counsel"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("You're under arrest for theft.", True),
        ("I'm detaining you because of the broken window.", True),
        ("You're under arrest.", False),
        ("You're not under arrest for anything.", False),
        ("You're being detained for your own safety.", False),
    ],
)
def test_the_reason_for_an_arrest_is_an_advisement_only_where_the_country_expects_it(said, expected):
    assert [facts["heard"] for facts in rights_in(said, country="ca")] == [["reason"]] * expected
    assert [facts["heard"] for facts in rights_in(said, country="uk")] == [["reason"]] * expected
    assert rights_in(said, country="us") == []


@pytest.mark.parametrize(
    ("rule", "hit"),
    [
        pytest.param(rule, hit, id=f"{rule.id}: {hit}")
        for rule in rules.load()
        if rule.behaviour == "rights_advisement"
        for hit in rule.hits
    ],
)
def test_each_way_to_tell_a_right_is_heard_as_that_right(rule, hit):
    element = dict(rule.details)["element"]
    where = [id for id, known in policy.countries().items() if element in {one.id for one in known.elements}]
    assert where or element == "understood", "no country expects this right"
    for country in where:
        assert element in rights_in(hit, country=country)[-1]["heard"]
