// Notes, bookmarks and praise at a moment: a small form, and the list of those that were kept.

import { button, clock, el, shape } from "./dom.js";

export const KINDS = ["note", "bookmark", "praise"];
const NAMES = { note: "Note", bookmark: "Bookmark", praise: "Praise" };
const ASKS = { note: "What is to be remembered here?", praise: "What went well here?" };
const NEAR = 20; // seconds around a chosen mark in which a note is likely to be about it
const STILL = 0.25; // seconds by which a seek may miss its place
const AFTER = 1; // seconds after a mark in which somebody who stopped is still at it
const TOLD = 8000; // milliseconds for which it is told where a bookmark was put

// Whether somebody who has chosen this mark when the recording was at `from` is still with it, now that it is at `now`.
export function isAt({ start, end }, { now, from, leadIn }) {
  return Math.abs(now - from) <= STILL || (now >= start - leadIn - STILL && now <= end + AFTER);
}

export class Moments {
  // `onAct(operation)` sends one and returns its id; `onPlay(moment)` plays from before it.
  constructor({ may, flags, onAct, onPlay, onForm, onChange }) {
    Object.assign(this, { may, onAct, onPlay, onForm, onChange });
    this.nameFlags(flags);
    this.saved = []; // as the server last told
    this.own = new Map(); // made in this window or still on the way
    this.withdrawn = new Set();
    this.refused = [];
    this.form = el("form", { class: "moment-form", hidden: true, onsubmit: (event) => this.#submit(event) });
    this.told = el("p", { class: "notice moment-told", role: "status", hidden: true });
    this.list = el("div", { class: "moments", role: "list", "aria-label": "Notes, bookmarks and praise", tabindex: "0" });
    this.buttons = KINDS.filter((kind) => may.includes(kind)).map((kind) => {
      const make = button("", { class: kind, onclick: () => this.make(kind) });
      make.append(shape(kind), NAMES[kind]);
      return make;
    });
    this.tell();
  }

  nameFlags(flags) {
    this.names = new Map(flags.map((flag) => [flag.id, flag.name]));
    this.shown = "";
  }

  // All that hold now, in order of time.
  get all() {
    const known = new Set(this.saved.map(({ id }) => id));
    const mine = [...this.own.values()].filter(({ id }) => !known.has(id));
    return [...this.saved, ...mine].filter(({ id }) => !this.withdrawn.has(id)).sort((a, b) => a.at - b.at);
  }

  learn(moments) {
    this.saved = moments ?? [];
    this.tell();
  }

  // Operations that are on their way, from this window or left by an earlier one.
  waiting(operations) {
    const ids = new Set(operations.map(({ id }) => id));
    for (const { id, kind, about, body } of operations) {
      if (KINDS.includes(kind) && !this.own.has(id)) {
        this.own.set(id, { id, kind, at: body.at, text: body.text, flag: about, by: "you", mine: true });
      }
      if (kind === "withdraw") this.withdrawn.add(about);
    }
    for (const moment of this.own.values()) moment.pending = ids.has(moment.id);
    this.tell();
  }

  // What the server would not take stays here to be read and written again.
  refuse(refused) {
    for (const { operation, why } of refused) {
      this.withdrawn.delete(operation?.about);
      if (!operation || !this.own.delete(operation.id)) continue;
      if (operation.body.text) this.refused.push({ why, ...operation.body });
    }
    this.tell();
  }

  // `onForm(kind)` tells {at, flag, meant}: the moment, the chosen mark if any, and whether that mark itself is meant.
  make(kind) {
    if (!this.may.includes(kind)) return;
    this.told.hidden = true;
    const { at, flag, meant } = this.onForm(kind);
    const about = flag && (meant || (at > flag.start - NEAR && at < flag.end + NEAR)) ? flag : null;
    const where = meant ? `for the mark at ${clock(at)}` : `at ${clock(at)}, where the recording is`;
    if (kind !== "bookmark") return this.#ask(kind, { at, flag: about, where });
    this.#send(kind, { at, text: "", about: about?.id ?? "" });
    this.told.textContent = `Bookmark ${where}${about ? `; about: ${about.name}` : ""}.`;
    this.told.hidden = false;
    clearTimeout(this.telling);
    this.telling = setTimeout(() => (this.told.hidden = true), TOLD);
  }

  #ask(kind, { at, flag, where }) {
    const text = el("textarea", { rows: 2, maxlength: 2000, required: true, "aria-label": ASKS[kind], placeholder: ASKS[kind],
      onkeydown: (event) => this.#key(event) });
    const about = flag ? el("input", { type: "checkbox", checked: true }) : null;
    this.asked = { kind, at, flag, text, about };
    const heading = el("div", { class: "row" }, shape(kind), el("strong", {}, `${NAMES[kind]} ${where}`));
    if (about) heading.append(el("label", {}, about, ` about: ${flag.name}`));
    this.form.className = `moment-form ${kind}`;
    this.form.replaceChildren(heading, text, el("div", { class: "row" }, el("button", { class: "main" }, "Save"),
      button("Cancel", { onclick: () => this.closeForm() }), el("span", { class: "quiet" }, "Enter saves, Esc cancels")));
    this.form.hidden = false;
    text.focus();
  }

  #key(event) {
    if (event.key === "Escape") this.closeForm();
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.form.requestSubmit();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #submit(event) {
    event.preventDefault();
    const { kind, at, flag, text, about } = this.asked;
    if (!text.value.trim()) return;
    this.#send(kind, { at, text: text.value.trim(), about: about?.checked ? flag.id : "" });
    this.closeForm();
  }

  closeForm() {
    this.form.hidden = true;
    this.form.replaceChildren();
    this.onForm(null);
  }

  #send(kind, { at, text, about }) {
    this.onAct({ kind, about, body: { at: Math.round(at * 1000) / 1000, text } });
  }

  tell() {
    const now = JSON.stringify([this.all, this.refused]);
    if (now === this.shown) return;
    this.shown = now;
    const rows = [...this.refused.map((one) => this.#refusedRow(one)), ...this.all.map((one) => this.#row(one))];
    if (!rows.length) rows.push(el("p", { class: "empty", role: "listitem" }, "Nothing noted yet."));
    this.list.replaceChildren(...rows);
    this.onChange();
  }

  #row(moment) {
    const { kind, at, text, by, flag, mine, pending } = moment;
    const head = el("div", { class: "row" }, button(`▶ ${clock(at)}`, { class: "play", onclick: () => this.onPlay(moment) }),
      shape(kind), el("strong", {}, NAMES[kind] ?? kind), el("span", { class: "quiet" }, pending ? "not saved yet" : by ?? ""));
    if (mine) {
      head.append(button("Withdraw", { class: "quiet-button", onclick: () => this.onAct({ kind: "withdraw", about: moment.id, body: {} }) }));
    }
    const row = el("div", { class: `moment ${kind}`, role: "listitem", "data-moment": moment.id }, head);
    if (text) row.append(el("p", {}, text));
    if (this.names.has(flag)) row.append(el("p", { class: "quiet" }, `about: ${this.names.get(flag)}`));
    return row;
  }

  #refusedRow(one) {
    const dismiss = button("Dismiss", { class: "quiet-button", onclick: () => {
      this.refused = this.refused.filter((other) => other !== one);
      this.tell();
    } });
    return el("div", { class: "moment refused", role: "listitem" },
      el("div", { class: "row" }, el("strong", {}, `Not kept: ${one.why}`), dismiss), el("p", {}, one.text));
  }
}
