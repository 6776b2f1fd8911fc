from __future__ import annotations

from html.parser import HTMLParser

from review.encounter import Direction
from review.screens import markup
from review.screens.parts import Tally

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


def test_no_marks_are_told_as_nothing_marked_and_not_as_nothing_done():
    assert "Nothing heard is not nothing done" in markup.tally_table([])


def test_each_direction_has_a_shape_of_its_own_beside_its_colour():
    assert len(set(markup.SYMBOLS.values())) == len(Direction) == len(markup.SYMBOLS)


def test_a_name_with_markdown_in_it_is_shown_as_it_is():
    assert markup.plain("a_b*c*[d](e) :red[f] $x$ <g>") == (r"a\_b\*c\*\[d\]\(e\) \:red\[f\] \$x\$ \<g\>")
