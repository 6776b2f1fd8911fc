// One moment: where it is heard, what was said before it, where it stands, and what the officer answers to it.

import { button, el } from "../review.form/dom.js";
import { shape } from "../review.player/dom.js";
import { Writing } from "./writing.js";

export class Card {
  constructor(page, moment) {
    this.page = page;
    this.moment = moment;
    this.stands = el("p", { class: "stands" });
    this.answers = el("div", { class: "answers" });
    this.writing = null;
    this.slot = el("div", { class: "slot" });
    this.root = el("article", { class: `moment ${moment.direction}`, "data-moment": moment.id },
      el("header", {}, button(`▶ ${moment.clock}`, { class: "play", "aria-label": `Listen at ${moment.clock}: ${moment.name}`,
        onclick: () => page.play(this.moment) }), el("h4", {}, shape(moment.direction), ` ${moment.name}`)),
      this.stands, ...this.#said(), this.answers, this.slot);
    this.root.classList.toggle("unsure", Boolean(moment.unsure));
    this.#buttons();
  }

  // What was said before it, then the words themselves; or what somebody wrote.
  #said() {
    const { before = [], quote, facts = [], speaker, text, by, on, about } = this.moment;
    const lines = before.map(({ who, text: words }) => el("p", { class: "line" }, el("b", {}, `${who}: `), words));
    const parts = lines.length ? [el("div", { class: "before" }, el("span", { class: "quiet" }, "Before it"), ...lines)] : [];
    if (quote) parts.push(el("blockquote", {}, speaker ? el("b", {}, `${speaker}: `) : "", `“${quote}”`));
    parts.push(...facts.map((fact) => el("p", { class: "fact quiet" }, fact)));
    if (text) parts.push(el("p", { class: "text" }, text, el("span", { class: "quiet" }, ` (${by}, ${on})`)));
    if (about) parts.push(el("details", { class: "about" }, el("summary", {}, "What this mark means"), el("p", {}, about)));
    return parts;
  }

  #buttons() {
    const { page, moment } = this;
    if (moment.kind !== "mark") return;
    const kinds = [["context", "Add context"], ["contest", "Contest this mark"], ["ask_review", "Ask for another person to review it"], ["note", "Note"]];
    this.bar = el("div", { class: "bar" }, ...kinds.filter(([kind]) => page.can(kind)).map(([kind, name]) =>
      button(name, { "data-kind": kind, onclick: () => this.write(kind, name) })));
    this.root.append(this.bar);
  }

  write(kind, name) {
    this.writing?.close();
    this.writing = new Writing({ page: this.page, kind, name, about: this.moment.id, at: this.moment.at, stand: this.moment.hint, onDone: () => this.done() });
    this.slot.replaceChildren(this.writing.root);
    this.bar.hidden = true;
    this.writing.focus();
    this.page.tellSaved();
  }

  done() {
    this.writing = null;
    this.slot.replaceChildren();
    this.bar.hidden = false;
    this.bar.querySelector("button")?.focus();
    this.page.show();
  }

  show(moment, fresh, pending) {
    this.moment = moment;
    this.root.classList.toggle("unsure", Boolean(moment.unsure));
    const doubt = moment.unsure ? " The machine is unsure of it." : "";
    this.stands.textContent = moment.stands ? `${moment.stands}.${doubt}` : "";
    this.stands.className = `stands ${moment.standing ?? ""}`;
    this.stands.hidden = !moment.stands;
    const rows = answersNow(moment.answers ?? [], fresh, this.page, pending);
    this.answers.replaceChildren(...rows);
    if (moment.mine && this.page.can("note")) {
      this.answers.append(button("Take back", { class: "quiet-button", onclick: () => this.page.act("withdraw", moment.id) }));
    }
  }
}

// What was answered, kept and on its way, without what is being taken back.
export function answersNow(kept, fresh, page, pending) {
  const known = new Set(kept.map(({ id }) => id));
  const gone = new Set(page.fresh.filter(({ kind }) => kind === "withdraw").map(({ about }) => about));
  return [...kept.filter(({ id }) => !gone.has(id)).map((row) => said(row, page)),
    ...fresh.filter(({ id, kind }) => !known.has(id) && kind in NAMES).map(({ id, kind, body }) => said({ id, kind, name: NAMES[kind],
      what: page.state.what.find((one) => one.id === body.what)?.name ?? "", text: body.text, by: "you", on: "",
      became: pending.has(id) ? "Being saved." : "Saved." }, page))];
}

const NAMES = { context: "Context", contest: "Contested", ask_review: "Asked for another person to review it" };

export function said({ id, kind, name, what, text, by, on, mine, became }, page) {
  const back = mine && button("Take back", { class: "quiet-button", onclick: () => page.act("withdraw", id) });
  return el("div", { class: `answer ${kind}`, "data-answer": id }, el("p", {}, el("b", {}, what ? `${name}: ${what}` : name),
    el("span", { class: "quiet" }, ` ${by}${on ? `, ${on}` : ""}`)), el("p", { class: "text" }, text),
    el("p", { class: "became" }, became, " ", back || ""));
}
