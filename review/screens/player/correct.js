// Putting right what the machine heard: menus on lines and voices, and where a correction stands on its way.

import { Choice } from "./choice.js";
import { button, el } from "./dom.js";
import { notesOf, sign, stepsOf } from "./mended.js";
import { linePanel, voicePanel, wordsEditor } from "./panel.js";
import { MOST, reworded, undoing } from "./steps.js";

const UNDER_WAY = "Putting it right … The marks are being made anew; go on listening meanwhile.";

export class Corrections {
  // `onCorrect(corrections)` sends them; `onFirst(on)` asks for what the machine heard, or for the words that hold;
  // `onElsewhere()` is told when another window has seen a correction through.
  constructor({ may, transcript, seconds, onCorrect, onFirst, onElsewhere }) {
    Object.assign(this, { may, transcript, seconds, onCorrect, onElsewhere });
    this.busy = false;
    this.pending = false; // on the way, from this window or another one
    this.open = null;
    this.choice = new Choice({ transcript, onCorrect: () => this.openChosen() });
    this.status = el("span", { role: "status" });
    this.refusal = el("span", { role: "alert" });
    this.dismiss = button("Dismiss", { hidden: true, onclick: () => this.#tell("") });
    this.notice = el("div", { class: "notice correct-notice", hidden: true }, this.status, this.refusal, this.dismiss);
    this.first = button("Show what the machine heard", { "aria-pressed": "false", hidden: true,
      onclick: () => onFirst(this.first.getAttribute("aria-pressed") === "false") });
    this.undo = button("Undo last correction", { hidden: true, onclick: () => this.#takeBack() });
    this.steps = el("ol", { class: "steps" });
    this.history = el("details", { class: "history", hidden: true }, el("summary", {}), this.steps);
    this.root = el("div", { class: "correcting" }, this.notice, ...(may ? [this.choice.root] : []));
    if (may) transcript.pane.addEventListener("click", (event) => this.#click(event));
  }

  // What stands in a line's head: the name, and where the line can be corrected.
  get tools() {
    if (!this.may) return null;
    return (name) => ({
      name: (classes) => button(name, { class: `${classes} voice-name`, "data-correct": "voice", title: "Correct this voice everywhere" }),
      more: button("Correct", { class: "correct-line", "data-correct": "line", "aria-label": `Correct this line of ${name}` }),
    });
  }

  // Takes the words that are shown now, with what people corrected in them.
  learn(words, voices, { made, revision, first }) {
    this.close();
    this.choice.clear();
    Object.assign(this, { words, voices });
    this.first.hidden = revision < 2;
    this.#tellSteps(made, first);
    this.first.setAttribute("aria-pressed", String(first));
    this.first.textContent = first ? "Back to the corrected words" : "Show what the machine heard";
    if (first) this.#tell("What the machine heard, before anybody put anything right. Only to be read.");
    else if (this.busy) this.#tell(UNDER_WAY);
    else if (!this.refusal.textContent) this.#tell(this.done ? this.said : "");
    this.done = false;
    if (!first) notesOf(made.corrections, words.turns, this.seconds).forEach((notes, number) => notes.length && this.#sign(number, notes));
  }

  // All that was done, taken back or not, and the way to take the last of it back.
  #tellSteps({ corrections, last }, first) {
    const steps = stepsOf(corrections, this.seconds);
    this.last = last;
    this.undo.hidden = !this.may || first || !last;
    this.undo.title = steps.find(({ revision }) => revision === last)?.text ?? "";
    this.history.hidden = !steps.length;
    this.history.querySelector("summary").textContent = `What was corrected (${steps.length})`;
    this.steps.replaceChildren(...steps.map(({ revision, text, holds }) =>
      el("li", { class: holds ? "" : "gone" }, `Revision ${revision}: ${text}`, ...(holds ? [] : [el("em", {}, " (taken back)")]))));
  }

  #takeBack() {
    if (!this.busy && this.last) this.#make(undoing(this.last), "Taken back.");
  }

  #sign(number, notes) {
    const head = this.transcript.line(number).querySelector(".turn-head");
    const [mark, about] = sign(notes);
    head.querySelector(".who").after(mark);
    head.after(about);
  }

  #tell(text, { refused = "" } = {}) {
    this.notice.hidden = !text && !refused;
    this.status.textContent = text;
    this.refusal.textContent = refused;
    this.dismiss.hidden = !refused;
  }

  // Operations on their way, from this window or left by an earlier one.
  waiting(operations) {
    if (!operations.length && !this.pending) return;
    this.pending = operations.length > 0;
    if (this.pending) return this.#begin();
    this.busy = false;
    this.#tell("");
    this.onElsewhere();
  }

  #begin() {
    if (this.busy) return;
    this.busy = true;
    this.#tell(UNDER_WAY);
  }

  // The server's answer; true when there is another revision to be shown.
  answered({ revision }, refused, shown) {
    const newer = revision > shown;
    this.pending = false;
    this.busy = newer; // until its words are here
    this.done = newer && !refused.length;
    if (refused.length) this.#tell("", { refused: `Not put right: ${refused[0].why}.` });
    else if (!newer) this.#tell("");
    return newer;
  }

  // The words of the newest revision are here.
  arrived() {
    this.busy = false;
  }

  #click(event) {
    const what = event.target.closest("[data-correct]")?.dataset.correct;
    if (what) this.show(Number(event.target.closest("[data-turn]").dataset.turn), what);
  }

  // The line that is being played, or the words that were chosen.
  here(time) {
    if (!this.may || !this.words) return;
    if (this.choice.words) return this.openChosen();
    const turns = this.words.turns;
    const playing = turns.findLastIndex(({ start }) => start <= time + 0.001);
    if (turns.length) this.show(Math.max(0, playing), "line", { time });
  }

  openChosen() {
    const [first, last] = this.choice.words;
    const pieces = this.words.turns.map((turn, number) => {
      const from = this.transcript.firsts[number];
      return { number, speaker: turn.speaker, from, words: turn.words.slice(Math.max(0, first - from), Math.max(0, last + 1 - from)) };
    }).filter(({ words }) => words.length);
    this.show(pieces[0].number, "line", { pieces, first: first - pieces[0].from });
  }

  show(number, what, { pieces = null, first = null, time = -1 } = {}) {
    if (this.busy || this.transcript.readOnly) return;
    this.close();
    const { turns, speakers } = this.words;
    const turn = turns[number];
    const playing = turn.words.findLastIndex(([, from]) => from <= time);
    const root = (what === "voice" ? voicePanel : linePanel)({
      turn, before: turns[number - 1], pieces: pieces ?? [turn], chosen: Boolean(pieces), at: first ?? playing,
      known: { speakers, seconds: this.seconds, voices: this.voices },
      onMade: (corrections) => this.#make(corrections), onClose: () => this.close({ back: true }),
      onTurn: (other) => this.show(number, other), onEdit: () => this.#edit(number, first ?? 0, first === null ? -1 : first + pieces[0].words.length - 1),
    });
    this.#open(number, root);
  }

  #edit(number, first, last) {
    const turn = this.words.turns[number];
    this.close();
    const root = wordsEditor({ turn, first, last, onClose: () => this.close({ back: true }),
      onText: (text) => this.#make(reworded(turn, text)) });
    this.#open(number, root);
    this.transcript.line(number).classList.add("editing");
  }

  #open(number, root) {
    const line = this.transcript.line(number);
    line.querySelector(".turn-head").after(root);
    this.open = { line, root };
    root.begin();
    root.scrollIntoView({ block: "nearest" });
  }

  close({ back = false } = {}) {
    if (!this.open) return;
    const { line, root } = this.open;
    this.open = null;
    root.remove();
    line.classList.remove("editing");
    if (back) line.querySelector("[data-correct=line]")?.focus();
  }

  #make(corrections, said = "Put right.") {
    this.said = said;
    this.close();
    this.choice.clear();
    this.transcript.pane.focus({ preventScroll: true });
    if (!corrections.length) return;
    if (corrections.length > MOST) return this.#tell("", { refused: `Choose fewer lines: at most ${MOST} at a time.` });
    this.#begin();
    this.onCorrect(corrections);
  }
}
