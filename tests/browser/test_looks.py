"""What only a browser shows of the player's signs: the line under a doubtful word, hatching, the lanes, following."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import expect

from review.encounter import Status
from review.screens.player_data import WORD_SURE
from review.store import open_store
from tests.conftest import LINES, MADE_AT, Shelved, handmade, write_tone

pytestmark = pytest.mark.browser
ROUNDS = 6  # of the same lines: more than the transcript can show at once
LINED = """spans => spans.map((span) => {
  const { textDecorationLine: line, textDecorationStyle: style } = getComputedStyle(span);
  return `${line} ${style}`; })"""
HATCHED = "spans => spans.map((span) => getComputedStyle(span).backgroundImage.includes('repeating-linear-gradient'))"
# How many pixels of part of a row are full, partly covered or empty; the row is as high as its name beside the lane.
PIXELS = """async (canvas, { name, from, to }) => {
  // The names come a picture before what is drawn beside them.
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const label = [...canvas.getRootNode().querySelectorAll('.lane-name')].find((one) => one.title === name);
  const [box, row] = [canvas.getBoundingClientRect(), label.getBoundingClientRect()];
  const scale = canvas.width / box.width;
  const inset = 4; // beside the outline of a mark and the line between two rows
  const [left, top] = [Math.ceil(from * canvas.width) + 2, Math.round((row.top - box.top + inset) * scale)];
  const width = Math.floor(to * canvas.width) - 2 - left;
  const { data } = canvas.getContext('2d').getImageData(left, top, width, Math.round((row.height - 2 * inset) * scale));
  const seen = { full: 0, part: 0, empty: 0 };
  for (let at = 3; at < data.length; at += 4) seen[data[at] > 250 ? 'full' : data[at] < 5 ? 'empty' : 'part'] += 1;
  return seen; }"""
# The word that is lit, when it begins, whether it is in sight, and how far the words are scrolled.
LIT = """pane => {
  const [word, outer] = [pane.querySelector('.word.now'), pane.getBoundingClientRect()];
  const inner = word?.getBoundingClientRect();
  return { at: word ? Number(word.dataset.at) : -1, scrolled: pane.scrollTop,
    inSight: Boolean(inner) && inner.top >= outer.top && inner.bottom <= outer.bottom }; }"""


@pytest.fixture
def shelved(server: Any) -> Shelved:
    """Three minutes with a doubtful word in each round, and marks of the first one, sure ones and an unsure one."""
    media = server.folder / "looks.wav"
    write_tone(media, seconds=190, pitch=613.0)
    encounter = replace(handmade(media, lines=LINES * ROUNDS), flags=handmade(media).flags)
    with open_store(server.folder / "review.db") as store:
        store.add(encounter, media, at=MADE_AT)
    return Shelved(server.folder / "review.db", media, encounter)


@pytest.fixture
def drawn(page: Any, shelved: Shelved, eventually: Callable[..., Any]) -> Callable[..., dict[str, int]]:
    """Counts the pixels of a row between two times, once it is drawn."""
    names = page.locator(".lane-name")
    eventually(page, names.all_inner_texts, lambda texts: "Sound" in texts)  # comes last, and moves the others
    seconds = shelved.encounter.recording.seconds

    def count(name: str, start: float, end: float) -> dict[str, int]:
        where = {"name": name, "from": start / seconds, "to": end / seconds}
        return dict(page.locator(".lane canvas").evaluate(PIXELS, where))

    return count


def test_words_of_low_confidence_are_dotted_under_and_no_others_are(page, shelved):
    words = shelved.encounter.words
    lines = page.locator(".word").evaluate_all(LINED)
    assert len(lines) == len(words)
    dotted = [number for number, line in enumerate(lines) if line == "underline dotted"]
    assert dotted == [number for number, word in enumerate(words) if word.confidence < WORD_SURE]
    assert len(dotted) == ROUNDS
    assert {line for number, line in enumerate(lines) if number not in dotted} == {"none solid"}


def test_only_the_words_of_an_unsure_mark_are_hatched(page, shelved):
    page.locator(".word.flagged").first.wait_for()
    hatched = page.locator(".word").evaluate_all(HATCHED)
    [unsure] = [flag for flag in shelved.encounter.flags if flag.status is Status.UNSURE]
    assert [number for number, one in enumerate(hatched) if one] == list(range(unsure.first, unsure.last + 1))


def test_an_unsure_mark_is_hatched_on_its_lane_and_a_sure_one_beside_it_is_filled(shelved, drawn):
    unsure, sure = (
        next(flag for flag in shelved.encounter.flags if flag.behaviour == name) for name in ("distress", "asks_why")
    )
    hatched = drawn("Civilian", unsure.span.start, unsure.span.end)
    assert min(hatched["empty"], hatched["full"] + hatched["part"]) > 10
    filled = drawn("Civilian", sure.span.start, sure.span.end)
    assert filled["full"] > 10
    assert filled["part"] == filled["empty"] == 0
    between = drawn("Civilian", sure.span.end + 2, shelved.encounter.recording.seconds)
    assert between["full"] == between["part"] == 0


def test_the_tension_is_drawn_where_it_rises_and_fades_away(shelved, drawn):
    [ultimatum] = [flag for flag in shelved.encounter.flags if flag.behaviour == "ultimatum"]
    seconds = shelved.encounter.recording.seconds
    before = drawn("Tension", 0.0, 5.0)
    assert before["full"] == before["part"] == 0
    high = drawn("Tension", ultimatum.span.end + 1, ultimatum.span.end + 10)
    assert high["part"] > 10  # by the machine only, so none is dark
    assert high["full"] == 0
    faded = drawn("Tension", seconds - 10, seconds)
    assert faded["part"] < high["part"] / 2


def go_to(page: Any, seconds: float, shelved: Shelved) -> None:
    """Click on the lane at a time, which plays from there."""
    lane = page.locator(".lane")
    share = seconds / shelved.encounter.recording.seconds
    lane.click(position={"x": lane.bounding_box()["width"] * share, "y": 4})


def test_the_word_being_said_is_kept_in_sight_while_following_and_the_reader_is_left_alone_while_not(
    page, player, shelved, eventually
):
    pane = page.locator(".transcript")
    follow = page.get_by_label("Follow while playing")
    expect(follow).to_be_checked()
    go_to(page, 160.0, shelved)
    far = eventually(page, lambda: pane.evaluate(LIT), lambda lit: lit["at"] > 155 and lit["inSight"])
    assert far["scrolled"] > 0
    player.pause()
    player.press("f")
    expect(follow).not_to_be_checked()
    stays = pane.evaluate(LIT)["scrolled"]
    go_to(page, 3.0, shelved)
    near = eventually(page, lambda: pane.evaluate(LIT), lambda lit: 0 < lit["at"] < 30)
    assert not near["inSight"]
    began = near["at"]
    near = eventually(page, lambda: pane.evaluate(LIT), lambda lit: lit["at"] > began)  # nor by the words after it
    assert near["scrolled"] == stays
    assert not near["inSight"]
    player.press("f")
    expect(follow).to_be_checked()
    eventually(page, lambda: pane.evaluate(LIT), lambda lit: lit["at"] < 60 and lit["inSight"])


def test_following_leaves_the_page_where_the_reader_has_put_it(page, player, shelved, eventually):
    form = page.locator(".form .item").first
    form.wait_for()
    page.set_viewport_size({"width": 1280, "height": 500})
    go_to(page, 3.0, shelved)
    eventually(page, lambda: page.locator(".transcript").evaluate(LIT), lambda lit: lit["at"] > 0)
    form.evaluate("node => node.scrollIntoView({ block: 'start' })")
    there = form.bounding_box()["y"]
    began = page.locator(".transcript").evaluate(LIT)["at"]
    eventually(page, lambda: page.locator(".transcript").evaluate(LIT), lambda lit: lit["at"] > began + 2)
    assert form.bounding_box()["y"] == there
