// One key for each thing that a reviewer does all day; typing in a field is never taken for one.

import { kept } from "./dom.js";

// What can be done, its name, and its keys until somebody chooses others (foot pedals send keys of their own).
export const ACTIONS = [
  ["play", "play or pause", [" ", "k"]],
  ["back", "5 seconds back", ["j"]],
  ["forward", "5 seconds forward", ["l"]],
  ["again", "3 seconds back, slower until here", ["h"]],
  ["slower", "slower", ["["]],
  ["faster", "faster", ["]"]],
  ["next", "next mark (plays from 2 seconds before)", ["n"]],
  ["previous", "previous mark", ["p"]],
  ["loop", "repeat the chosen mark, or stop repeating", ["r"]],
  ["verify", "verify: go through the marks not yet judged", ["v"]],
  ["agree", "agree with the chosen mark, once you have played it", ["a"]],
  ["disagree", "disagree", ["d"]],
  ["wrong_speaker", "wrong speaker", ["s"]],
  ["wrong_words", "wrong words", ["w"]],
  ["skip", "skip, with a reason", ["x"]],
  ["undo", "take the last answer back", ["z"]],
  ["note", "note at the chosen mark, or where it plays", ["m"]],
  ["bookmark", "bookmark the chosen mark, or where it plays", ["b"]],
  ["praise", "praise at the chosen mark, or where it plays", ["+"]],
  ["refer", "stop and refer", ["!"]],
  ["correct", "correct the line being played, or the chosen words (Shift + arrows choose)", ["e"]],
  ["search", "search in the transcript", ["/"]],
  ["follow", "follow the words while playing, or not", ["f"]],
  ["unjudged", "list only what is not judged", ["u"]],
  ["question", "next open question of the review form", ["g"]],
  ["zoom_in", "zoom in", ["i"]],
  ["zoom_out", "zoom out", ["o"]],
  ["whole", "show the whole recording", ["0"]],
  ["pan_left", "earlier part", ["Shift+ArrowLeft"]],
  ["pan_right", "later part", ["Shift+ArrowRight"]],
  ["help", "show or hide this list", ["?"]],
];
// Keys that mean something only where they are pressed, and stay as they are.
export const FIXED = [
  ["Shift + arrows", "in the transcript: choose words, or whole lines"],
  ["1 to 4", "a reason while a skip asks for one; the answers to a question of the review form"],
  ["arrows", "in the review form: another question, another answer"],
  ["Enter", "in the search: next place, with Shift the one before; in a text: save it"],
  ["Ctrl + Enter", "in the search: play from the place; in “stop and refer”: send it"],
  ["Esc", "leave what was begun: a text, a choice of words, a small form"],
];
// What the player and the review form tell each other: go to the next question; which key that is.
export const NEXT_QUESTION = "bodycam-review:next-question";
export const KEYS_CHANGED = "bodycam-review:keys-changed";
const REPEATING = new Set(["back", "forward", "slower", "faster", "zoom_in", "zoom_out", "pan_left", "pan_right"]);
const TYPING =
  "input:not([type=checkbox], [type=radio], [type=range], [type=button]), textarea, select, [contenteditable=''], [contenteditable='true']";
const PRESSED_BY_SPACE = "button, a, summary, input[type=checkbox], input[type=radio]";
const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock", "Dead"]);

// A key as it is kept: what it writes, in small letters since Caps Lock must not silence it, or its name.
export function keyOf(event) {
  if (MODIFIERS.has(event.key)) return "";
  if ([...event.key].length === 1) return event.key.toLowerCase();
  return event.shiftKey ? `Shift+${event.key}` : event.key;
}

export function keyName(key) {
  return { " ": "Space" }[key] ?? (key.length === 1 ? key : key.replace("Arrow", "").replace("+", " + "));
}

// Which key does what for one person in this browser.
export class Keymap {
  constructor(user) {
    this.place = `bodycam-review:keys:${user}`;
    this.own = kept.read(this.place) ?? {};
    this.#index();
  }

  keys(action) {
    return this.own[action] ?? ACTIONS.find(([id]) => id === action)?.[2] ?? [];
  }

  // Gives `key` to `action` alone; returns the action that it was taken from, if any.
  set(action, key) {
    const other = this.actions.get(key);
    if (other && other !== action) this.own[other] = this.keys(other).filter((one) => one !== key);
    this.own[action] = [key];
    this.#keep();
    return other === action ? undefined : other;
  }

  reset() {
    this.own = {};
    this.#keep();
  }

  #keep() {
    kept.write(this.place, this.own);
    this.#index();
  }

  #index() {
    this.actions = new Map(ACTIONS.flatMap(([id]) => this.keys(id).map((key) => [key, id])));
  }
}

// `first` sees each key before the actions do and returns true for one that it has used; `modal` tells of an open dialog.
export function listen(keymap, actions, { first = () => false, modal = () => null } = {}) {
  const act = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    // Inside a shadow root event.target is the host; the first step of the path is what has the focus.
    const target = event.composedPath()[0];
    const within = (what) => target instanceof Element && target.closest(what);
    const key = keyOf(event);
    const dialog = modal();
    if (!key || within(TYPING) || within("[role=dialog]")) return;
    if (event.key === " " && within(PRESSED_BY_SPACE)) return;
    const used = dialog ? dialog.onKey?.(key) : first(key);
    const action = dialog ? null : keymap.actions.get(key);
    if (!used && !(action && actions[action])) return;
    event.preventDefault();
    event.stopPropagation();
    if (!used && (!event.repeat || REPEATING.has(action))) actions[action]();
  };
  // Captured, so that neither the media element's own keys nor Streamlit's act a second time.
  document.addEventListener("keydown", act, true);
  return () => document.removeEventListener("keydown", act, true);
}
