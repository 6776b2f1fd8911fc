import json
from dataclasses import replace

import pytest

from review import behaviours
from review.behaviours import Mark, Settings
from review.encounter import Direction, Role, Status
from review.errors import WrongUse

PROFANE = "Get the fuck out of the car."


def one(flags, behaviour):
    [found] = [flag for flag in flags if flag.behaviour == behaviour]
    return found


def test_a_promise_not_to_use_force_reassures_and_is_no_threat(flags_in):
    [flag] = flags_in("I'm not going to tase you.")
    assert flag.behaviour == "reassurance"
    assert flag.direction is Direction.DEESCALATING


def test_a_flag_says_what_where_who_and_how_sure(flags_in):
    flag = one(flags_in("Okay sir, uh, take your time.", confidence=0.9, sure=0.9), "time_and_space")
    assert (flag.first, flag.last, flag.quote) == (3, 5, "take your time.")
    assert (flag.span.start, flag.span.end) == (0.9, 1.8)
    assert (flag.speaker, flag.role) == ("officer", Role.OFFICER)
    assert flag.source == "rule:time_and_space/take-your-time@1.3"
    assert flag.confidence == round(0.95 * 0.9 * 0.9, 3)
    assert flag.status is Status.FLAGGED


def test_fillers_inside_a_quote_stay_in_it(flags_in):
    assert one(flags_in("take uh your um time"), "time_and_space").quote == "take uh your um time"


def test_below_the_threshold_a_flag_is_unsure(flags_in, talk):
    assert one(flags_in("Take your time.", confidence=0.5), "time_and_space").status is Status.UNSURE
    turns, roles = talk((Role.OFFICER, "Take your time."))
    assert behaviours.tag(turns, roles, settings=Settings(threshold=0.999))[0].status is Status.UNSURE


def test_a_level_is_asked_of_the_wording_and_not_of_doubtful_words_or_roles(talk, rules_alone):
    turns, roles = talk((Role.OFFICER, "Take your time."), confidence=0.9)
    [plain] = behaviours.tag(turns, roles, settings=rules_alone)
    wording = plain.confidence / 0.9

    def status(level: float) -> Status:
        chosen = replace(rules_alone, levels={"time_and_space": level})
        return one(behaviours.tag(turns, roles, settings=chosen), "time_and_space").status

    assert plain.confidence < wording - 0.01
    assert status(round(wording, 2) - 0.01) is Status.FLAGGED
    assert status(round(wording, 2) + 0.01) is Status.UNSURE


def test_a_speaker_whose_role_is_unknown_is_never_more_than_unsure(flags_in):
    flags = flags_in((Role.UNKNOWN, "Take your time."), (Role.UNKNOWN, "I can't breathe."))
    assert {flag.behaviour for flag in flags} == {"time_and_space", "medical_complaint"}
    assert {flag.status for flag in flags} == {Status.UNSURE}
    assert {flag.role for flag in flags} == {Role.UNKNOWN}


def test_a_speaker_without_any_role_is_unsure_too(talk, rules_alone):
    turns, _ = talk((Role.OFFICER, "Take your time."))
    [flag] = behaviours.tag(turns, (), settings=rules_alone)
    assert (flag.role, flag.status) == (Role.UNKNOWN, Status.UNSURE)
    flags = behaviours.tag(turns, ())  # with what the model thinks, which may be that somebody else speaks
    assert "time_and_space" in {flag.behaviour for flag in flags}
    assert {(flag.role, flag.status) for flag in flags} == {(Role.UNKNOWN, Status.UNSURE)}


@pytest.mark.parametrize(
    ("role", "text", "behaviour"),
    [
        (Role.CIVILIAN, "Take your time.", "time_and_space"),
        (Role.CIVILIAN, PROFANE, "profanity"),
        (Role.OFFICER, "I can't breathe.", "medical_complaint"),
        (Role.RADIO, "Step out of the car, please.", "order"),
        (Role.RADIO, "Thank you, sir.", "courtesy"),
    ],
)
def test_nobody_shows_what_only_others_can(role, text, behaviour, heard):
    assert behaviour not in heard((role, text))


def test_the_radio_can_still_tell_of_a_weapon(heard):
    assert heard((Role.RADIO, "Subject is armed with a knife.")) == {"weapon"}


def test_another_officers_words_keep_that_officers_role(flags_in):
    assert {flag.role for flag in flags_in((Role.OTHER_OFFICER, PROFANE))} == {Role.OTHER_OFFICER}


def test_words_to_a_colleague_are_no_courtesy(heard):
    assert "courtesy" not in heard("Thanks, partner.")
    assert "courtesy" not in heard("Dispatch, can you hold the channel for me, please?")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Could you step out?", {"order", "courtesy"}),
        ("Sir, drop the knife!", {"order", "weapon"}),
        ("Sorry, what?", set()),
        ("One second, let me finish.", set()),
        ("Let's both calm down a little.", {"time_and_space"}),
        ("Calm down!", {"dismissal"}),
        ("I'm not telling you to calm down.", set()),
        ("Good.", set()),
        ("Shit, dropped my pen.", {"undirected_profanity"}),
        ("Mm-hm.", set()),
        ("I get it, but shut up.", {"dismissal"}),
        ("So you admit it.", {"accusation"}),
        ("We can do this the easy way or the hard way.", {"ultimatum"}),
        ("If you don't sign, I have to take you in.", {"consequence_stated"}),
        ("Keep talking and I'll find something to write you for.", {"threat_of_sanction"}),
        ("I'll knock your teeth out.", {"threat_of_harm"}),
        ("Do you know why I stopped you?", {"asks_to_guess"}),
        ("Do you know why I stopped you? You were doing 52 in a 35.", {"reason_for_stop"}),
        ("You're not being detained.", {"free_to_go"}),
        ("He said I'll kill you.", set()),
    ],
)
def test_what_the_codebook_draws_a_line_between(text, expected, heard):
    assert heard(text) == expected


def test_a_warning_tied_to_an_order_is_no_threat(heard):
    assert "threat_of_harm" not in heard("Drop it or I'll shoot!")
    assert "force_warning" in heard("Drop it or I'll shoot!")
    assert "force_warning" in heard("Drop the knife! I will shoot you!")
    assert "threat_of_harm" in heard("I will shoot you.")


def test_swearing_at_the_person_is_directed(flags_in):
    assert one(flags_in(PROFANE), "profanity").modifiers == ("directed",)


def test_somebody_elses_threat_is_kept_as_reported_and_less_sure(flags_in):
    told = one(flags_in((Role.CIVILIAN, "He said I'll kill you.")), "threat_to_others")
    own = one(flags_in((Role.CIVILIAN, "I'll kill you.")), "threat_to_others")
    assert told.modifiers == ("reported",)
    assert told.confidence == own.confidence / 2


def test_a_sentence_may_go_on_in_the_speakers_next_turn(flags_in):
    flag = one(flags_in("Take your", "time."), "time_and_space")
    assert (flag.first, flag.last) == (0, 2)
    assert flags_in("Take your", "time.", pause=5.0) == ()
    assert flags_in("Take your", (Role.CIVILIAN, "What?"), "time.") == ()


def test_what_belongs_to_a_turn_is_looked_for_in_that_turn(heard):
    said = heard("I will shoot you.", "Sit down.", pause=1.0)
    assert "threat_of_harm" in said
    assert "force_warning" not in said
    assert "asks_to_guess" in heard("Do you know why I stopped you", "the reason I stopped you is your tail light")


def test_one_thing_said_is_marked_once(flags_in):
    assert (
        len([flag for flag in flags_in("Could you please step out for me, please?") if flag.behaviour == "courtesy"])
        == 1
    )


def test_the_same_words_give_the_same_flags_in_the_order_of_the_words(flags_in):
    lines = ("Good evening. Step out of the car, please.", (Role.CIVILIAN, "Why? I can't breathe."), PROFANE)
    flags = flags_in(*lines)
    assert flags == flags_in(*lines)
    assert list(flags) == sorted(flags, key=lambda flag: (flag.first, flag.last, flag.behaviour))
    assert len({flag.id for flag in flags}) == len(flags)


def test_ids_differ_between_recordings_and_not_with_confidence(talk):
    turns, roles = talk((Role.OFFICER, "Take your time."))
    [here] = behaviours.tag(turns, roles, seed="a")
    [there] = behaviours.tag(turns, roles, seed="b")
    [unsure] = behaviours.tag(turns, [replace(role, confidence=0.2) for role in roles], seed="a")
    assert here.id != there.id
    assert here.id == unsure.id


def test_no_words_no_flags(talk):
    assert behaviours.tag((), ()) == ()
    assert behaviours.tag(*talk((Role.OFFICER, ""))) == ()


def test_details_are_json(flags_in):
    flags = flags_in("Stop. Stop. Stop right there or I'll tase you!", "You have the right to remain silent.")
    assert json.loads(json.dumps([flag.details for flag in flags])) == [dict(flag.details) for flag in flags]


def silent(turns, roles):
    return ()


def every_word(turns, roles):
    return [Mark("courtesy", place, place, 0.8, "model:test@1") for place in range(sum(len(t.words) for t in turns))]


def test_a_tagger_can_come_from_anywhere(monkeypatch, talk):
    turns, roles = talk((Role.OFFICER, "Take your time."))
    monkeypatch.setitem(behaviours.TAGGERS, "silent", silent)
    assert behaviours.tag(turns, roles, settings=Settings(taggers=("silent",))) == ()
    by_name = Settings(taggers=("rules", "review.behaviours.search:mark"))
    assert {flag.behaviour for flag in behaviours.tag(turns, roles, settings=by_name)} == {"time_and_space"}


def test_a_tagger_that_is_not_there_is_named(talk):
    turns, roles = talk((Role.OFFICER, "Take your time."))
    with pytest.raises(WrongUse, match="there is no tagger 'wishes'"):
        behaviours.tag(turns, roles, settings=Settings(taggers=("wishes",)))


@pytest.mark.parametrize("tagger", [behaviours.TAGGERS["rules"], silent, every_word])
def test_every_tagger_keeps_the_contract(tagger, talk):
    turns, roles = talk((Role.OFFICER, "Step out of the car."), (Role.CIVILIAN, "Why?"))
    words = sum(len(turn.words) for turn in turns)
    for mark in tagger(turns, roles):
        assert mark.behaviour in behaviours.CATALOGUE
        assert 0 <= mark.first <= mark.last < words
        assert 0.0 < mark.precision <= 1.0
        assert mark.source


def test_the_rules_are_told_in_provenance():
    assert {model.job for model in behaviours.models()} >= {"behaviours"}


def test_words_of_a_language_without_rules_are_not_looked_at(talk):
    turns, roles = talk((Role.OFFICER, "Step out of the car. I'm sorry."))
    assert behaviours.tag(turns, roles)
    assert behaviours.tag(turns, roles, language="fr") == ()


def test_spanish_words_are_marked_by_spanish_rules(talk):
    turns, roles = talk((Role.OFFICER, "Salga del carro por favor. Perdone la molestia."))
    found = {
        (flag.behaviour, flag.source.split(":")[1].split("/")[0])
        for flag in behaviours.tag(turns, roles, language="es")
    }
    assert {("order", "es"), ("apology", "es")} <= found
