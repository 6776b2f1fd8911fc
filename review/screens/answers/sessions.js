// Coaching sessions that were sent to the officer: what is in them, and that they were read.

import { button, el } from "../review.form/dom.js";

const ANSWERS = [["acknowledged", "I have read it"], ["refused_to_sign", "I have read it and do not sign"]];

export class Sessions {
  constructor(page) {
    this.page = page;
    this.list = el("div", { class: "moments" });
    this.root = el("section", { class: "group", "data-group": "sessions", hidden: true }, el("h3", {}, "Coaching"), this.list);
    this.forms = new Map();
  }

  show(fresh) {
    const { sessions } = this.page.state;
    this.root.hidden = !sessions.length;
    const told = JSON.stringify([sessions, fresh.filter(({ kind }) => kind === "acknowledge")]);
    if (told === this.told) return;
    this.told = told;
    this.list.replaceChildren(...sessions.map((one) => this.#session(one, fresh)));
  }

  get waits() {
    return Boolean(this.list.querySelector("[data-answer]"));
  }

  goTo() {
    this.list.querySelector("[data-answer]")?.scrollIntoView({ block: "center" });
    this.list.querySelector(".writing textarea")?.focus({ preventScroll: true });
  }

  #session(one, fresh) {
    const { page } = this;
    const agenda = one.agenda.map((row) => el("li", {}, row.at === null ? "" : button(`▶ ${row.clock}`, { class: "play",
      "aria-label": `Listen at ${row.clock}: ${row.name}`, onclick: () => page.play(row) }), ` ${row.name}`, row.who ? `, ${row.who}` : "", row.text ? `: ${row.text}` : ""));
    return el("article", { class: "moment session", "data-moment": one.id }, el("h4", {}, `Session by ${page.name(one.by)}, ${one.held_on || one.on}`),
      one.next_step && el("p", { class: "text" }, el("b", {}, `${page.state.steps[this.#given(one, fresh)?.what ?? ""]}: `), one.next_step),
      agenda.length ? el("ol", { class: "agenda" }, ...agenda) : null, this.#answer(one, fresh));
  }

  #given(one, fresh) {
    const mine = fresh.findLast(({ kind, about }) => kind === "acknowledge" && about === one.id);
    return mine ? { what: mine.body.answer, name: ANSWERS.find(([id]) => id === mine.body.answer)[1], text: mine.body.text } : one.answer;
  }

  #answer(one, fresh) {
    const { page } = this;
    const kept = this.#given(one, fresh);
    if (one.withdrawn && !kept) {
      const { by, on, text } = one.withdrawn;
      return el("p", { class: "stands" }, `Withdrawn by ${page.name(by)}, ${on}: ${text} You need not answer it.`);
    }
    if (kept) {
      return el("p", { class: "stands" }, `Your answer: ${kept.name}${kept.text ? `. “${kept.text}”` : ""}`);
    }
    if (!page.can("acknowledge")) return null;
    if (!this.forms.has(one.id)) {
      this.forms.set(one.id, el("textarea", { rows: 2, maxlength: 4000, "aria-label": "Your words to this session, if you want" }));
    }
    const text = this.forms.get(one.id);
    return el("div", { class: "writing" },
      el("label", { class: "field" }, el("span", {}, "Your words to it, if you want (not private: whoever held the session, and reviewers, read them)"), text),
      el("div", { class: "bar" }, ...ANSWERS.map(([answer, name]) => button(name, { "data-answer": answer,
        onclick: () => page.act("acknowledge", one.id, { answer, text: text.value.trim() || null }) }))),
      el("p", { class: "quiet" }, "To have read it is not to agree with it."));
  }
}
