// Words chosen in the transcript, by pulling the mouse over them or with Shift and the arrow keys.

import { el, button, firstAfter, reveal } from "./dom.js";

export class Choice {
  // `transcript` has the words; `onCorrect()` is asked for what to do with those that are chosen.
  constructor({ transcript, onCorrect }) {
    this.transcript = transcript;
    this.range = null; // [from, to], numbers of words; `from` stays while it is extended
    this.count = el("span", { role: "status" });
    this.root = el("div", { class: "notice chosen-bar", hidden: true }, this.count,
      button("Correct …", { class: "main", onclick: onCorrect }), button("Clear", { onclick: () => this.clear() }));
    transcript.pane.addEventListener("mouseup", () => setTimeout(() => this.#pulled()));
  }

  get words() {
    return this.range && [Math.min(...this.range), Math.max(...this.range)];
  }

  clear() {
    this.#choose(null);
  }

  #choose(range) {
    const { spans } = this.transcript;
    this.transcript.pane.querySelectorAll(".chosen").forEach((span) => span.classList.remove("chosen"));
    this.range = range;
    this.root.hidden = !range;
    if (!range) return;
    const [first, last] = this.words;
    for (const span of spans.slice(first, last + 1)) span.classList.add("chosen");
    this.count.textContent = first === last ? "1 word chosen" : `${last - first + 1} words chosen`;
  }

  // A mouse was pulled over the transcript; one word alone is a click that slipped.
  #pulled() {
    const range = selectedIn(this.transcript.pane);
    if (!range || this.transcript.readOnly) return;
    const numbers = [];
    this.transcript.spans.forEach((span, number) => covers(range, span) && numbers.push(number));
    if (numbers.length < 2) return;
    this.#choose([numbers[0], numbers.at(-1)]);
    document.getSelection()?.removeAllRanges();
  }

  // A key while the transcript has the focus; true when it was used.
  onKey(key) {
    const { pane, spans, readOnly } = this.transcript;
    if (key === "Escape" && this.range) return this.clear(), true;
    if (!STEPS[key] || readOnly || !spans.length || !pane.contains(pane.getRootNode().activeElement)) return false;
    const at = this.range ? STEPS[key](this.range[1], this.transcript) : this.#begin(key);
    const to = Math.min(Math.max(0, at), spans.length - 1);
    this.#choose([this.range?.[0] ?? this.#here(), to]);
    reveal(pane, spans[to]);
    return true;
  }

  #begin(key) {
    const here = this.#here();
    return key === "Shift+ArrowDown" ? STEPS[key](here - 1, this.transcript) : here;
  }

  // The word being played, or the first of the line that has the focus.
  #here() {
    const { pane, spans, firsts, lit } = this.transcript;
    const line = pane.getRootNode().activeElement?.closest?.("[data-turn]");
    if (line) return firsts[Number(line.dataset.turn)];
    const playing = spans.indexOf(lit);
    if (playing >= 0) return playing;
    const top = pane.getBoundingClientRect().top;
    return Math.max(0, spans.findIndex((span) => span.getBoundingClientRect().bottom > top + 10));
  }
}

const lineOf = (word, { firsts }) => firstAfter(firsts, word, (first) => first) - 1;
// Where a key takes the end of what is chosen: by words, or to the ends of lines.
const STEPS = {
  "Shift+ArrowRight": (word) => word + 1,
  "Shift+ArrowLeft": (word) => word - 1,
  "Shift+ArrowDown": (word, transcript) => (transcript.firsts[lineOf(word + 1, transcript) + 1] ?? transcript.spans.length) - 1,
  "Shift+ArrowUp": (word, transcript) => transcript.firsts[Math.max(0, lineOf(word - 1, transcript))],
};

// What is selected by the browser itself: inside a shadow root each one tells it in its own way.
function selectedIn(pane) {
  const root = pane.getRootNode();
  const selection = document.getSelection();
  const own = root.getSelection?.() ?? selection;
  const found = selection?.getComposedRanges?.({ shadowRoots: [root] })[0] ?? (own?.rangeCount ? own.getRangeAt(0) : null);
  if (!found || !pane.contains(found.startContainer) || !pane.contains(found.endContainer)) return null;
  const range = document.createRange();
  range.setStart(found.startContainer, found.startOffset);
  range.setEnd(found.endContainer, found.endOffset);
  return range.collapsed ? null : range;
}

// Whether any letter of a word is within the range; its blank alone is not.
function covers(range, span) {
  if (!range.intersectsNode(span)) return false;
  const [text, letters] = [span.firstChild, span.firstChild.length - 1];
  if (range.startContainer === text && range.startOffset >= letters) return false;
  return !(range.endContainer === text && range.endOffset === 0);
}
