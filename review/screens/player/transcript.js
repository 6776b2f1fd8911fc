// The words: one span each, found by time with a binary search; a turn off screen costs no layout.

import { clock, el, firstAfter, reveal } from "./dom.js";
import { ROWS } from "./rows.js";

const LINGER = 0.3; // seconds that a word stays lit after its end, so that a short pause does not blink
const HANDS_OFF = 4000; // milliseconds without following after the reader has scrolled

export class Transcript {
  constructor({ onSeek, onFlag }) {
    this.pane = el("div", { class: "transcript", tabindex: "0", role: "region", "aria-label": "Transcript" });
    this.turns = []; // as fetched; a line on the page names its own by data-turn
    this.spans = [];
    this.firsts = []; // the number of each turn's first word
    this.lines = []; // the node of each turn
    this.times = []; // [start, end, span], by start: overlapping turns are not in order of time
    this.marked = false; // the marks belong to the words that are shown
    this.readOnly = false;
    this.lit = null;
    this.follow = true;
    this.scrolledAt = -HANDS_OFF;
    this.found = [];
    for (const event of ["wheel", "touchmove"]) {
      this.pane.addEventListener(event, () => (this.scrolledAt = performance.now()), { passive: true });
    }
    this.pane.addEventListener("click", (event) => {
      const at = event.target.closest("[data-at]")?.dataset.at;
      if (at !== undefined) onSeek(Number(at));
      const flag = event.target.closest("[data-flag]")?.dataset.flag;
      if (flag !== undefined) onFlag(flag);
    });
  }

  // `tools(name)` builds what a line's head offers besides; without it the words are only read.
  show({ turns, silences }, { voices, wordSure, tools = null, readOnly = false }) {
    const stay = this.#anchor();
    Object.assign(this, { turns, readOnly, marked: false, lit: null, spans: [], firsts: [], times: [] });
    this.pane.classList.toggle("read-only", readOnly);
    const blocks = turns.map((turn, number) => this.#turn(turn, number, { voices, wordSure, tools }));
    this.lines = [...blocks];
    for (const [start, end] of [...silences].reverse()) {
      const next = turns.findIndex((turn) => turn.start >= end - 0.5);
      blocks.splice(next < 0 ? blocks.length : next, 0, this.#silence(start, end));
    }
    if (!blocks.length) blocks.push(el("p", { class: "empty" }, "No speech was recognised in this recording."));
    this.pane.replaceChildren(...blocks);
    this.times.sort((a, b) => a[0] - b[0]);
    stay();
  }

  line(number) {
    return this.lines[number];
  }

  // Takes note of what is at the top, and returns what scrolls back there when other words are shown.
  #anchor() {
    const top = this.pane.getBoundingClientRect().top;
    const number = this.lines.findIndex((line) => line.isConnected && line.getBoundingClientRect().bottom > top);
    if (number < 0 || !this.pane.scrollTop) return () => {};
    const [start, off] = [this.turns[number].start, this.lines[number].getBoundingClientRect().top - top];
    return () => {
      const there = this.lines[Math.max(0, this.turns.findLastIndex((turn) => turn.start <= start + 0.001))];
      // Twice: lines off screen have no height of their own until they come near.
      const go = () => there?.isConnected && (this.pane.scrollTop += there.getBoundingClientRect().top - this.pane.getBoundingClientRect().top - off);
      go();
      requestAnimationFrame(go);
    };
  }

  say(text) {
    this.pane.replaceChildren(el("p", { class: "empty" }, text));
  }

  #silence(start, end) {
    const time = el("button", { class: "time", type: "button", "data-at": start, title: "Play from here" }, clock(start));
    return el("div", { class: "silence" }, time, `${Math.round(end - start)} seconds in which nobody is heard`);
  }

  #turn({ speaker, start, words }, number, { voices, wordSure, tools }) {
    const who = voices.known[speaker];
    this.firsts.push(this.spans.length);
    const line = el("p", { class: "words" });
    for (const [text, from, to, confidence, second] of words) {
      // Ten thousand an hour: made by hand, which takes a third of what `el` does.
      const span = document.createElement("span");
      span.className = confidence < wordSure ? "word doubtful" : "word";
      span.setAttribute("data-at", from);
      span.textContent = `${text} `;
      const doubts = [];
      if (confidence < wordSure) doubts.push("The machine is unsure of this word");
      if (second) {
        span.classList.add("talked-over");
        doubts.push(`${voices.name(second)} talks at the same time`);
      }
      if (doubts.length) span.title = doubts.join(". ");
      this.spans.push(span);
      this.times.push([from, to, span]);
      line.append(span);
    }
    const own = tools?.(voices.name(speaker));
    const name = own ? own.name("who") : el("span", { class: "who" }, voices.name(speaker));
    if (who?.unsure) name.append(el("span", { class: "unsure-tag" }, "role unsure"));
    const time = el("button", { class: "time", type: "button", "data-at": start, title: "Play from here" }, clock(start));
    return el("div", { class: `turn ${voices.sign(speaker)} role-${who?.role ?? "unknown"}`, "data-turn": number },
      el("div", { class: "turn-head" }, time, name, ...(own ? [own.more] : [])), line);
  }

  mark(flags) {
    this.marked = true;
    // Where marks overlap the surest is drawn: the unsure ones first, the others over them.
    for (const flag of [...flags].sort((a, b) => b.unsure - a.unsure || a.confidence - b.confidence)) {
      for (const span of this.spans.slice(flag.first, flag.last + 1)) {
        span.classList.remove("unsure", ...ROWS);
        span.classList.add("flagged", flag.direction);
        if (flag.unsure) span.classList.add("unsure");
        span.dataset.flag = flag.id;
        span.title = `${flag.direction_name}: ${flag.name}${flag.unsure ? " (unsure)" : ""}`;
      }
    }
  }

  select(flag) {
    this.pane.querySelectorAll(".picked").forEach((span) => span.classList.remove("picked"));
    if (!this.marked) return;
    for (const span of this.spans.slice(flag.first, flag.last + 1)) span.classList.add("picked");
    if (this.spans[flag.first]) reveal(this.pane, this.spans[flag.first]);
  }

  // Marks where a search has found something; `places` are pairs of the first and the last word.
  find(places) {
    for (const span of this.found) span.classList.remove("hit", "hit-now");
    this.found = places.flatMap(([first, last]) => this.spans.slice(first, last + 1));
    for (const span of this.found) span.classList.add("hit");
  }

  // When the word with this number begins.
  startOf(number) {
    return Number(this.spans[number].dataset.at);
  }

  goTo(first, last) {
    this.scrolledAt = performance.now(); // whoever reads there is not to be carried off by the playing word
    for (const span of this.found) span.classList.remove("hit-now");
    for (const span of this.spans.slice(first, last + 1)) span.classList.add("hit-now");
    reveal(this.pane, this.spans[first]);
  }

  light(time) {
    const [, end, span] = this.times[firstAfter(this.times, time, ([start]) => start) - 1] ?? [0, -Infinity, null];
    const now = time < end + LINGER ? span : null;
    if (now === this.lit) return;
    this.lit?.classList.remove("now");
    now?.classList.add("now");
    this.lit = now;
    if (now && this.follow && performance.now() - this.scrolledAt > HANDS_OFF) reveal(this.pane, now, { page: false });
  }
}
