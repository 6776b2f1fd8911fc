from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

from review.encounter import Direction, Role, Span
from review.screens import markup
from review.screens.parts import Bar, Tally
from review.timeline import Evidence, Moment, Opening, Pillar, Sentence, Talk, Then, timeline

EVIL = '"><script>alert(1)</script>&'


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.found.append(tag)


def test_nothing_that_was_said_or_named_becomes_markup():
    pieces = (
        markup.hit_line(EVIL, EVIL, "alert"),
        markup.fact_line([(EVIL, EVIL)]),
        markup.signed_in(EVIL),
        markup.summary_list([Sentence("x", EVIL, (Moment(1.0, EVIL, EVIL),))], recording=EVIL),
        markup.first_words(Opening(1, Span(0, 1), EVIL, {})),
    )
    for piece in pieces:
        assert "script" not in Tags(piece).found


def test_the_words_that_were_searched_for_are_marked_whole_and_in_their_own_case():
    line = markup.hit_line("Step out. Outside, step OUT!", "Officer (S1)", '"out"')
    assert line.count("<mark>") == 2
    assert "<mark>out</mark>. Outside, step <mark>OUT</mark>!" in line


def test_the_figures_show_machine_and_people_apart_with_how_much_was_judged():
    table = markup.tally_table([Tally(Direction.ESCALATING, marked=3, unsure=1, verified=1, rejected=1, disputed=0)])
    assert "Marked by machine" in table
    assert "Said by people" in table
    assert "<td>3</td><td>1</td><td>1</td><td>1</td><td>0</td><td>2 of 4 (50 %)</td>" in table
    assert "Counts, not a score." in table


def test_marks_of_other_officers_stand_by_themselves_and_are_said_not_to_count_for_the_wearer():
    own = [Tally(Direction.ESCALATING, marked=1, unsure=0, verified=0, rejected=0, disputed=0)]
    others = [Tally(Direction.ESCALATING, marked=4, unsure=0, verified=0, rejected=0, disputed=0)]
    table = markup.tally_table(own, others=others)
    assert (
        table.index("<td>1</td>")
        < table.index("Other officers, never counted with the wearer")
        < table.index("<td>4</td>")
    )
    assert "Other officers" in markup.tally_table([], others=others)


def test_who_was_heard_talking_is_told_by_role():
    talk = {Role.OFFICER: Talk(seconds=65.2, words=120, turns=4), Role.RADIO: Talk()}
    assert "Officer 1:05 (120 words)." in markup.talk_line(talk)
    assert "Radio" not in markup.talk_line(talk)


def test_no_marks_are_told_as_nothing_marked_and_not_as_nothing_done():
    assert "Nothing heard is not nothing done" in markup.tally_table([])


def test_each_direction_has_a_shape_of_its_own_beside_its_colour():
    assert len(set(markup.SYMBOLS.values())) == len(Direction) == len(markup.SYMBOLS)


def test_a_name_with_markdown_in_it_is_shown_as_it_is():
    assert markup.plain("a_b*c*[d](e) :red[f] $x$ <g>") == (r"a\_b\*c\*\[d\]\(e\) \:red\[f\] \$x\$ \<g\>")


def test_every_sentence_leads_to_its_moments_two_seconds_before_they_begin(shelved):
    told = timeline(shelved.encounter)
    shown = markup.summary_list(told.summary, recording="abc")
    assert shown.count("<li>") == len(told.summary)
    [escalating] = [sentence for sentence in told.summary if sentence.form == "escalating"]
    at = escalating.moments[0].at
    assert f'data-at="{at}" href="?recording=abc&amp;at={round(at - 2, 3)}"' in shown
    assert "ultimatum</a>" in shown


def test_a_sentence_with_many_moments_shows_some_and_says_how_many_more_there_are():
    shown = markup.summary_list([Sentence("x", "Many.", tuple(Moment(float(at)) for at in range(20)))], recording="a")
    assert shown.count("<a ") == markup.LINKS_SHOWN
    assert "and 12 more" in shown


def test_a_pillar_tells_heard_unsure_and_not_heard_apart_and_what_to_hear_before_it_is_ticked():
    items = {
        "apology": Evidence(marked=("a",), verified=("a",)),
        "courtesy": Evidence(unsure=("b",)),
        "introduction": Evidence(),
    }
    pillar = Pillar("respect", items, {"insult": Evidence(unsure=("c",)), "profanity": Evidence()})
    shown = markup.pillar_cards([pillar], {"a": 65.0, "b": 70.0, "c": 80.0}, recording="r")
    assert "Apology: <span" in shown
    assert "1:05</a> (1 verified)" in shown
    assert 'class="bcr-unsure">Courtesy' in shown
    assert 'class="bcr-not_heard">Introduction' in shown
    assert "Hear before ticking it" in shown
    assert "1:20 (unsure)</a>" in shown
    assert "Profanity" not in shown
    assert "Nothing heard is not nothing done" in shown


def test_the_tension_is_drawn_with_machine_and_people_apart_and_says_what_it_is_not():
    lane = markup.tension_lane([Bar(0.0, 0.5, 0.0), Bar(10.0, 1.0, 0.25)])
    assert lane.count('class="bcr-bar"') == 2
    assert '<i style="height:100%"></i><b style="height:25%"></b>' in lane
    assert "means nothing outside this recording" in lane
    assert markup.tension_lane([]) == ""


def test_an_order_is_shown_with_what_came_before_and_after_it_and_nothing_is_shown_without_one(shelved):
    [order] = timeline(shelved.encounter).orders
    known = replace(order, repeat=2, reason_before=False, seconds_allowed=3.25)
    table = markup.order_table([known], recording="r")
    assert (
        "<td>Step out of the car now.</td><td>time 2</td><td>not heard</td><td>3.2</td><td>nothing heard</td>" in table
    )
    answered = replace(order, then=Then.COOPERATION, then_at=31.0, then_speaker="S<2>", then_unsure=True)
    assert "<td>cooperation by S&lt;2&gt; (unsure) <a " in markup.order_table([answered], recording="r")
    assert markup.order_table([], recording="r") == ""


def test_talk_is_told_with_its_share_its_questions_and_its_explaining_words():
    talk = {Role.OFFICER: Talk(seconds=65.0, words=120, turns=4, share=0.6, questions=(1.0, 2.0), explanation_words=9)}
    assert "Officer 1:05 (120 words, 60 % of the talk, 2 questions, 9 words that explain)." in markup.talk_line(talk)
