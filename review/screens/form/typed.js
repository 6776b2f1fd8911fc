// A text field of which nothing is lost: what is typed is kept in this browser at once, and sent when typing ends.

import { el, kept } from "./dom.js";

const QUIET = 1500; // milliseconds without a key until a text is sent

export class Typed {
  // `onText(text)` takes a text that is to be sent; `place` names it in this browser.
  constructor({ place, label, rows = 2, placeholder = "", onText, onDraft = () => {} }) {
    Object.assign(this, { place: `bodycam-review:draft:${place}`, onText, onDraft, known: "" });
    this.node = el("textarea", { rows, maxlength: 4000, "aria-label": label, placeholder,
      oninput: () => this.#typed(), onblur: () => this.commit() });
    const draft = kept.read(this.place);
    if (typeof draft === "string") this.node.value = this.draft = draft;
  }

  // What the server has; a text that is being typed stays.
  show(text) {
    this.known = text;
    if (this.draft === undefined && this.node.value !== text) this.node.value = text;
    if (this.draft === text) this.#forget();
  }

  get unsent() {
    return this.draft !== undefined;
  }

  commit() {
    clearTimeout(this.timer);
    if (this.draft === undefined) return;
    const text = this.node.value.trim();
    this.#forget();
    if (text !== this.known) this.onText((this.known = text));
  }

  #typed() {
    this.draft = this.node.value;
    kept.write(this.place, this.draft);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.commit(), QUIET);
    this.onDraft();
  }

  #forget() {
    this.draft = undefined;
    kept.write(this.place, null);
    this.onDraft();
  }

  close() {
    this.commit();
  }
}
