// The field in which an officer writes an answer. A draft is kept in this browser until it is sent or thrown away; it is
// sent only when the officer says so, since others read it from then on.

import { button, el, field, kept } from "../review.form/dom.js";

const READ_BY = "Not private: your unit's supervisors, reviewers of this recording and internal affairs can read it.";

export class Writing {
  // `stand` says where the mark or the review stands, and so what becomes of what is written.
  constructor({ page, kind, name, about, at, stand, onDone }) {
    const hint = page.state.hints[stand]?.[kind] ?? "";
    Object.assign(this, { page, kind, about, at, onDone });
    this.place = `bodycam-review:draft:${page.state.user}:${page.state.recording}:${about || "whole"}:${kind}`;
    this.text = el("textarea", { rows: 3, maxlength: 4000, required: true, "aria-label": name,
      oninput: () => kept.write(this.place, this.text.value || null) });
    this.text.value = kept.read(this.place) ?? "";
    this.what = kind === "context" ? el("select", { "aria-label": "What it is about" },
      ...page.state.what.map((one) => el("option", { value: one.id }, one.name))) : null;
    this.root = el("form", { class: "writing", onsubmit: (event) => (event.preventDefault(), this.send()) },
      this.what && field("What it is about", this.what), field(name, this.text, hint),
      el("p", { class: "readers" }, READ_BY),
      el("div", { class: "bar" }, el("button", { type: "submit", class: "main" }, "Send"), button("Cancel", { onclick: () => this.cancel() })));
    this.root.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.cancel();
      else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.root.requestSubmit();
    });
  }

  focus() {
    (this.what ?? this.text).focus();
  }

  send() {
    const text = this.text.value.trim();
    if (!text) return this.text.focus();
    const body = { text };
    if (this.what) body.what = this.what.value;
    if (this.kind === "note") body.at = this.at;
    kept.write(this.place, null);
    this.page.act(this.kind, this.about, body);
    this.onDone();
  }

  // What was begun stays in this browser, so that a wrong key loses nothing.
  cancel() {
    this.onDone();
  }

  close() {}
}
