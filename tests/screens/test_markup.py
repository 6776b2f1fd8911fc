from __future__ import annotations

from html.parser import HTMLParser

from review.encounter import Direction, Role
from review.screens import markup
from review.screens.parts import Tally
from review.timeline import Talk

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
