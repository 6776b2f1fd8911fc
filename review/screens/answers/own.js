// What an officer says of the recording as a whole: context, and the wish that somebody else reviews it.

import { button, el } from "../review.form/dom.js";
import { answersNow, said } from "./card.js";
import { Writing } from "./writing.js";

export class Own {
  constructor(page) {
    this.page = page;
    this.answers = el("div", { class: "answers" });
    this.slot = el("div", { class: "slot" });
    const kinds = [["context", "Add context to the whole recording"], ["ask_review", "Ask for another person to review it"]];
    this.bar = el("div", { class: "bar" }, ...kinds.filter(([kind]) => page.can(kind)).map(([kind, name]) =>
      button(name, { "data-kind": kind, onclick: () => this.#write(kind, name) })));
    this.elsewhere = el("div", { class: "answers" });
    this.root = el("section", { class: "group", "data-group": "whole" }, el("h3", {}, "About the recording as a whole"), this.answers, this.slot,
      this.bar, this.elsewhere);
  }

  #write(kind, name) {
    const writing = new Writing({ page: this.page, kind, name, about: "", at: 0, stand: this.page.state.hint, onDone: () => {
      this.slot.replaceChildren();
      this.bar.hidden = false;
      this.page.show();
    } });
    this.slot.replaceChildren(writing.root);
    this.bar.hidden = true;
    writing.focus();
  }

  show(fresh, pending) {
    const { state } = this.page;
    this.answers.replaceChildren(...answersNow(state.whole, fresh.filter(({ about }) => !about), this.page, pending));
    const gone = state.elsewhere.map((row) => said(row, this.page));
    this.elsewhere.replaceChildren(...(gone.length ? [el("h4", {}, "About marks that are not shown any more"), ...gone] : []));
  }
}
