// Who works on this recording: given to a person with a due date; and stop and refer, or the end of a hold.

import { button, el, field } from "./dom.js";

const WHAT = { review: "Review", coaching: "Coaching" };

export class Work {
  constructor(form) {
    this.form = form;
    this.what = el("select", { onchange: () => this.#people() },
      ...Object.entries(WHAT).map(([id, name]) => el("option", { value: id }, name)));
    this.to = el("select", {});
    this.due = el("input", { type: "date" });
    this.give = el("form", { class: "row", onsubmit: (event) => this.#assign(event) },
      field("Work", this.what), field("For", this.to), field("Due", this.due), el("button", {}, "Assign"));
    this.nobody = el("p", { class: "quiet" });
    this.list = el("ul", { class: "plain" });
    this.why = el("textarea", { rows: 2, maxlength: 2000 });
    this.hold = el("form", { class: "hold", onsubmit: (event) => this.#refer(event) });
    this.root = el("section", { class: "work", hidden: !form.can("assign") && !form.can("refer") && !form.can("release") },
      el("h3", {}, "Work on this recording"), this.list, form.can("assign") ? this.give : null, this.nobody, this.hold);
    this.#people();
  }

  #people() {
    const me = this.form.state.user;
    const people = [...(this.form.state.fitting[this.what.value] ?? [])].sort((a, b) => (b.id === me) - (a.id === me));
    this.to.replaceChildren(...people.map(({ id, name }) => el("option", { value: id }, id === me ? `${name} (you)` : name)));
    this.give.querySelector("button").disabled = !people.length;
    this.nobody.textContent = people.length || !this.form.can("assign") ? ""
      : `Nobody with an account can be given ${this.what.value === "review" ? "the review" : "coaching"} of this recording.`;
  }

  show() {
    const { form } = this;
    const pending = form.fresh.filter(({ kind }) => kind === "assign").map(({ id, about, body }) => ({
      id, to: about, what: body.what, due: body.due, by: form.state.user, saving: form.pending.has(id) }));
    const gone = new Set(form.fresh.filter(({ kind }) => kind === "unassign").map(({ about }) => about));
    const all = [...form.state.assignments, ...pending].filter(({ id }) => !gone.has(id));
    this.list.replaceChildren(...(all.length ? all.map((one) => this.#row(one)) : [el("li", { class: "quiet" }, "Nobody was given work on it.")]));
    const held = Boolean(form.state.hold);
    if (this.held === held) return;
    this.held = held;
    this.#showHold(held);
  }

  #row(one) {
    const { form } = this;
    const due = one.due ? `, due ${one.due}` : "";
    const stand = one.saving ? "saving …" : one.done ? "done" : one.overdue ? "overdue" : "open";
    const back = !one.done && form.can("unassign") ? button("Take back", { class: "quiet-button", onclick: () => form.act("unassign", one.id) }) : null;
    return el("li", { "data-assignment": one.id, class: one.overdue ? "overdue" : "" },
      `${WHAT[one.what]}: ${form.name(one.to)}${due} (${stand})`, el("span", { class: "quiet" }, ` given by ${form.name(one.by)}`), back);
  }

  #showHold(held) {
    const { form } = this;
    const kind = held ? "release" : "refer";
    this.hold.hidden = !form.can(kind);
    this.why.setAttribute("aria-label", held ? "Why is it released?" : "Why is it referred?");
    this.why.placeholder = held ? "Why is it released?" : "Why is it referred?";
    const told = held ? "Releasing ends the hold, and coaching is open again." :
      `It holds the recording, and internal affairs find it in their list. ${form.state.hold_closes} Your name and reason are kept.`;
    this.hold.replaceChildren(el("details", { open: held }, el("summary", {}, held ? "Release this recording" : "Stop and refer"),
      el("p", { class: "quiet" }, told), el("div", { class: "row" }, this.why,
        el("button", { class: "grave" }, held ? "Release" : "Stop and refer"))));
  }

  #assign(event) {
    event.preventDefault();
    if (!this.to.value) return;
    this.form.act("assign", this.to.value, { what: this.what.value, due: this.due.value });
  }

  #refer(event) {
    event.preventDefault();
    const why = this.why.value.trim();
    if (!why) return this.why.focus();
    this.form.act(this.held ? "release" : "refer", "", { why });
    this.why.value = "";
  }
}
