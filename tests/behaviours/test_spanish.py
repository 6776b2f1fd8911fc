"""Spanish rules: what they mark, how their words are read, and that structure works on their marks, too."""

import json
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from review import language, scoring, transcripts
from review.behaviours import CATALOGUE, plain, rules, search, structure
from review.behaviours.wording import HARD, INSIDE, SOFT, Spoken
from review.encounter import Flag, Role, Span, Status, role_of

RULES = rules.load("es")
IN_CONTEXT = {rule.id for rule in RULES if rule.after}
TWELVE = {
    *("order", "force_warning", "reason_for_stop", "explanation", "courtesy", "introduction", "reassurance"),
    *("dismissal", "profanity", "medical_complaint", "rights_advisement", "cooperation"),
}
CAME_CHEAP = {"asks_why", "distress", "lawyer_request", "calming", "apology", "medical_aid"}
GOLD = Path(__file__).parents[1] / "gold_es"
SAMPLE = Path(__file__).parents[2] / "samples" / "spanish_stop.gold.json"
# Measured on the tuning talks when the rules were written: precision 1.00, recall 0.98 (tests/gold_es/README.md).
FLOOR = 0.95


@pytest.fixture(scope="module")
def marks_in(talk):
    """The marks of lines of Spanish talk, shaped; a bare string is said by the officer."""

    def marks(*lines, **how):
        turns, roles = talk(*((Role.OFFICER, line) if isinstance(line, str) else line for line in lines), **how)
        return structure.shape(search.mark_spanish(turns, roles), turns, roles)

    return marks


@pytest.fixture(scope="module")
def heard_es(marks_in):
    """The behaviours in lines of Spanish talk."""
    return lambda *lines: {mark.behaviour for mark in marks_in(*lines)}


def speaker(rule):
    roles = CATALOGUE[rule.behaviour].roles
    return next(role for role in (Role.OFFICER, Role.CIVILIAN) if role in roles)


def bare(said):
    """As it is recognised at worst: no accents, no capitals, no punctuation but sentence ends."""
    letters = unicodedata.normalize("NFD", re.sub(r"[,¿¡]", "", said).lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def examples(kind):
    return [pytest.param(rule, said, id=f"{rule.id}: {said}") for rule in RULES for said in getattr(rule, kind)]


@pytest.mark.parametrize(("rule", "said"), examples("hits"))
def test_a_hit_is_marked_with_accents_and_without(rule, said, heard_es):
    assert rule.behaviour in heard_es((speaker(rule), said))
    assert rule.behaviour in heard_es((speaker(rule), bare(said)))


@pytest.mark.parametrize(("rule", "said"), examples("misses"))
def test_a_miss_is_not_marked(rule, said, heard_es):
    assert rule.behaviour not in heard_es((speaker(rule), said))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_is_complete_and_uses_words_only(rule):
    for pattern in (*rule.patterns, *rule.unless, *rule.unless_turn):
        assert pattern.expression.groups <= 1
        assert "lemma:" not in pattern.text
        assert "tag:" not in pattern.text
    assert all(pattern.keys for pattern in rule.patterns), "a pattern without a word of its own is tried on everything"
    assert rule.id.startswith(f"es/{rule.behaviour}/")
    assert 0.5 <= rule.precision <= 1.0
    assert rule.source
    assert rule.misses
    assert rule.hits or rule.id in IN_CONTEXT


def test_ids_are_unique_and_apart_from_the_english_ones():
    ids = [rule.id for rule in RULES]
    assert len({*ids, *(rule.id for rule in rules.load())}) == len(ids) + len(rules.load())
    assert RULES[0].cited == f"rule:{RULES[0].id}@1.{rules.RULES_VERSION}"


def test_the_twelve_and_those_that_came_cheap_have_rules():
    assert {rule.behaviour for rule in RULES} == TWELVE | CAME_CHEAP


def test_no_pattern_waits_for_an_accent_that_is_folded():
    kept = {"sí"}
    for rule in RULES:
        for pattern in (*rule.patterns, *rule.unless, *rule.unless_turn):
            words = set(re.findall(r"\w+", pattern.text))
            assert not {word for word in words - kept if plain.folded(word) != word}, rule.id


def test_an_order_in_spanish_is_named_like_the_same_order_in_english():
    def named(found):
        return {dict(rule.details).get("directive") for rule in found if rule.behaviour == "order"} - {None}

    assert named(RULES) - named(rules.load()) == {"step back", "come here"}


def stretch(text):
    [found] = plain.stretches([("A", [Spoken(n, 0, word) for n, word in enumerate(text.split())])], "es")
    return found


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("¡Bájese, SEÑOR!", "bajese senor"),
        ("este, necesito que, pues, se baje", "necesito que se baje"),
        ("este carro", "este carro"),
        ("este me bajo", "me bajo"),
        ("pa' atrás porfa", "para atras por favor"),
        ("la la licencia", "la licencia"),
        ("no no no", "no no no"),
        ("Sí, si quiere", "sí si quiere"),
    ],
)
def test_spoken_spanish_is_read_without_accents_and_fillers(said, read):
    assert [token.norm for token in stretch(said).tokens] == read.split()


def test_a_question_begins_a_clause_even_without_a_stop_before_it():
    assert [token.before for token in stretch("la licencia ¿qué hice? Nada").tokens] == [
        HARD,
        INSIDE,
        SOFT,
        INSIDE,
        HARD,
    ]


def test_every_token_remembers_its_word():
    assert [token.word for token in stretch("eh pa'trás … mire porfa").tokens] == [1, 1, 3, 4, 4]


def test_nothing_but_fillers_and_signs_is_nothing_said():
    assert list(plain.stretches([("A", [Spoken(0, 0, "eh..."), Spoken(1, 0, "—")])], "es")) == []


def test_spanish_never_asks_the_english_grammar_model(monkeypatch, marks_in):
    monkeypatch.setattr(language, "parse", lambda texts: pytest.fail("parsed with the English model"))
    assert marks_in("Bájese del carro.")


@pytest.mark.parametrize("said", ["No le voy a hacer daño.", "no te vamos a disparar", "nadie le va a pegar"])
def test_a_promise_not_to_use_force_reassures_and_is_no_threat(said, heard_es):
    assert heard_es(said) == {"reassurance"}


def test_a_no_of_its_own_does_not_turn_the_order_after_it_around(heard_es):
    assert "order" in heard_es("No, no, suelte el arma.")
    assert "order" not in heard_es("No hace falta que se baje.")


def test_somebody_elses_words_say_so(marks_in, heard_es):
    [order] = marks_in("¿Le dijo que se baje?")
    assert order.modifiers == ("reported",)
    assert order.precision < 0.5
    assert "dismissal" not in heard_es("Su hermano le dijo que se calle.")


def test_what_is_only_supposed_is_no_order(heard_es):
    assert "order" not in heard_es("Si se baja del carro, hablamos.")
    assert "force_warning" in heard_es("Si no suelta el cuchillo, le disparo.")


def test_a_civilians_words_carry_no_officer_behaviour(heard_es):
    assert heard_es((Role.CIVILIAN, "Cállese, pinche policía, deme su nombre por favor.")) <= {"calming"}


def test_the_third_same_order_is_a_repeated_one_however_it_is_worded(marks_in):
    found = marks_in("Suelte el cuchillo.", "¡Suéltalo!", "Que suelte el cuchillo.")
    [repeated] = [mark for mark in found if mark.behaviour == "repeated_order"]
    assert repeated.details["directive"] == "drop it"
    assert repeated.details["count"] == 3


def test_a_reason_before_an_order_is_kept_on_it(marks_in):
    found = marks_in("Lo paré porque se pasó el alto. Deme su licencia.")
    [order] = [mark for mark in found if mark.behaviour == "order"]
    assert order.details["reason_before"] is True


def test_rights_read_in_one_go_are_one_mark_that_tells_what_is_missing(marks_in):
    found = marks_in("Tiene derecho a guardar silencio. Tiene derecho a un abogado.")
    [rights] = [mark for mark in found if mark.behaviour == "rights_advisement"]
    assert rights.details["heard"] == ["silence", "lawyer"]
    assert rights.details["not_heard"] == ["used_against", "appointed"]


def test_comfort_after_a_complaint_counts_only_with_help_on_its_way(heard_es):
    complaint = (Role.CIVILIAN, "No puedo respirar.")
    assert "reassurance" not in heard_es(complaint, "Tranquilo.")
    assert "reassurance" in heard_es(complaint, "Tranquilo, ya viene la ambulancia.")


def test_agreeing_counts_right_after_an_order_only(heard_es):
    assert "cooperation" in heard_es("Bájese del carro.", (Role.CIVILIAN, "Okay."))
    assert "cooperation" not in heard_es("Ayer fue lunes.", (Role.CIVILIAN, "Okay."))


def test_every_mark_of_the_spanish_sample_is_found_in_its_written_words():
    lines, marks = sample()
    found = [{flag["behaviour"] for flag in answer["flags"]} for answer in tagged(lines)]
    missed = [
        (line.text, behaviour)
        for line, wanted, got in zip(lines, marks, found, strict=True)
        for behaviour in wanted & (TWELVE | CAME_CHEAP) - got
    ]
    # The reason for a pause is told without any word that says so.
    assert missed == [("Un momento. Me están llamando por el radio.", "explanation")]


def sample():
    said = json.loads(SAMPLE.read_text(encoding="utf-8"))["utterances"]
    lines = [
        transcripts.Line(one["speaker"], Role(one["role"]), one["text"], one["start"], one["end"], number)
        for number, one in enumerate(said, start=1)
    ]
    return lines, [{mark["behaviour"] for mark in one["behaviours"]} for one in said]


def tagged(lines):
    """The lines with what the Spanish rules mark, as `tag` answers them."""
    turns, roles = transcripts.to_turns(lines)
    shaped = structure.shape(search.mark_spanish(turns, roles), turns, roles)
    words = [word for turn in turns for word in turn.words]
    speakers = [turn.speaker for turn in turns for _ in turn.words]
    flags = [
        Flag(
            id=str(number),
            behaviour=mark.behaviour,
            direction=CATALOGUE[mark.behaviour].direction,
            span=Span(words[mark.first].span.start, words[mark.last].span.end),
            first=mark.first,
            last=mark.last,
            quote=" ".join(word.text for word in words[mark.first : mark.last + 1]),
            speaker=speakers[mark.last],
            role=role_of(roles, speakers[mark.last]).role,
            confidence=mark.precision,
            status=Status.FLAGGED,
            source=mark.source,
            modifiers=mark.modifiers,
            details=mark.details,
        )
        for number, mark in enumerate(shaped)
        if mark.behaviour in TWELVE | CAME_CHEAP
    ]
    return transcripts.line_flags(lines, turns, flags)


def test_the_tuning_talks_stay_marked_as_well_as_they_were():
    talks = scoring.read_talks(GOLD / "tuning_es.jsonl")
    found = scoring.talks_together([scoring.score_talk(talk, tagged(talk.lines)) for talk in talks]).all_found
    assert found.right > 250
    assert found.precision >= FLOOR
    assert found.recall >= FLOOR


def test_the_gold_has_fifteen_marks_and_fifteen_near_misses_of_each_of_the_twelve():
    talks = [talk for name in ("tuning_es", "set_aside_es") for talk in scoring.read_talks(GOLD / f"{name}.jsonl")]
    marks = Counter(mark.behaviour for talk in talks for line in talk.marks for mark in line)
    near = Counter(behaviour for talk in talks for line in talk.near for behaviour in line)
    assert min(marks[behaviour] for behaviour in TWELVE) >= 15
    assert min(near[behaviour] for behaviour in TWELVE) >= 15
    assert set(marks) == TWELVE | CAME_CHEAP
