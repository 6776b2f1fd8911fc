// "Stop and refer": asks once more, and why; then the recording is held for internal affairs.

import { button, el } from "./dom.js";

export class Refer {
  // `closes` is the sentence that says what a hold closes.
  constructor({ closes, onRefer }) {
    this.onRefer = onRefer;
    this.why = el("textarea", { rows: 3, maxlength: 2000, required: true, "aria-label": "Why is it referred?", placeholder: "Why is it referred?",
      onkeydown: (event) => this.#key(event) });
    this.form = el("form", { method: "dialog", onsubmit: (event) => this.#send(event) },
      el("h3", {}, "Stop and refer this recording?"),
      el("p", {}, `It is held, and internal affairs are told. ${closes} Your name and reason are kept.`),
      this.why, el("div", { class: "row" }, el("button", { class: "main grave" }, "Stop and refer"),
        button("Cancel", { onclick: () => this.root.close() }), el("span", { class: "quiet" }, "Ctrl + Enter sends it, Esc cancels.")));
    this.root = el("dialog", { class: "refer", "aria-label": "Stop and refer" }, this.form);
  }

  ask() {
    this.why.value = "";
    this.root.showModal();
    this.why.focus();
  }

  // Enter is a new line; the key that sends is the one of all longer texts.
  #key(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  // A reason of blanks is none: the dialog stays open.
  #send(event) {
    const why = this.why.value.trim();
    if (why) this.onRefer(why);
    else event.preventDefault();
  }
}
