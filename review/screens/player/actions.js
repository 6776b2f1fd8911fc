// What each key does; keys.js knows which key that is.

import { NEXT_QUESTION } from "./keys.js";

const STEP = 5; // seconds back and forward

export function actionsOf(player) {
  const { media, lanes, moments } = player;
  const judge = (answer) => () => player.seen && player.answer(player.seen, answer);
  return {
    play: () => media.toggle(), back: () => media.seek(media.now - STEP), forward: () => media.seek(media.now + STEP),
    again: () => media.again(), slower: () => media.faster(-1), faster: () => media.faster(1),
    next: () => player.step(1), previous: () => player.step(-1), loop: () => player.repeat(), verify: () => player.verify.toggle(),
    agree: judge("agree"), disagree: judge("disagree"), wrong_speaker: judge("wrong_speaker"), wrong_words: judge("wrong_words"),
    skip: () => player.seen && player.cards.askReason(player.seen), undo: () => player.undoLast(),
    note: () => moments.make("note"), bookmark: () => moments.make("bookmark"), praise: () => moments.make("praise"),
    refer: () => player.refer.ask(), correct: () => player.corrections.here(media.now), search: () => player.search.focus(), follow: () => player.follow.click(),
    unjudged: () => player.cards.toggleUnjudged(), question: () => document.dispatchEvent(new CustomEvent(NEXT_QUESTION)),
    zoom_in: () => lanes.zoom(1), zoom_out: () => lanes.zoom(-1),
    whole: () => lanes.showAll(), pan_left: () => lanes.pan(-1), pan_right: () => lanes.pan(1), help: () => player.help.toggle(),
  };
}
