// "Stop and refer": asks once more, and why; then the recording is held for internal affairs.

import { button, el } from "./dom.js";

export class Refer {
  constructor({ onRefer }) {
    this.why = el("textarea", { rows: 3, maxlength: 2000, required: true, "aria-label": "Why is it referred?", placeholder: "Why is it referred?" });
    this.form = el("form", { method: "dialog", onsubmit: () => this.why.value.trim() && onRefer(this.why.value.trim()) },
      el("h3", {}, "Stop and refer this recording?"),
      el("p", {}, "It is held, and internal affairs are told. Until they release it, coaching on it is closed, and only they give it out, share, correct or sign it off. Your name and reason are kept."),
      this.why, el("div", { class: "row" }, el("button", { class: "main grave" }, "Stop and refer"),
        button("Cancel", { onclick: () => this.root.close() })));
    this.root = el("dialog", { class: "refer", "aria-label": "Stop and refer" }, this.form);
  }

  ask() {
    this.why.value = "";
    this.root.showModal();
    this.why.focus();
  }
}
