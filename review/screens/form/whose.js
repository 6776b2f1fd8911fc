// Whose recording it is: who wears the camera, for which unit, and who else appears. Kept when it is sent, or told why not.

import { button, el, field } from "./dom.js";

const PATIENCE = 30000; // milliseconds for the server's answer
const FOLLOWS = [
  "Who wears the camera reads and answers this recording in their debrief, once their report or statement is done.",
  "Whoever is named here, as wearing the camera or as appearing, no longer judges, reviews, corrects or coaches on this recording, whatever their role. What they did before stays with their name; work that they were given here goes to nobody else by itself.",
  "Name everybody whom you know to be in it. What you say is in the log with your name.",
];
const YOURSELF = "You name yourself. You leave this page when it is saved: nobody reviews a recording in which they appear, and only somebody else can take it back.";

export class Whose {
  constructor(form) {
    this.form = form;
    this.others = [];
    const changed = () => this.#edited();
    this.wearer = el("input", { list: "officers", maxlength: 80, autocomplete: "off", placeholder: "Not known yet", oninput: changed });
    this.unit = el("input", { list: "units", maxlength: 80, autocomplete: "off", placeholder: "No unit", oninput: changed });
    this.more = el("input", { list: "officers", maxlength: 80, autocomplete: "off", placeholder: "Choose or type an id",
      oninput: changed, onkeydown: (event) => this.#enter(event) });
    this.officers = el("datalist", { id: "officers" });
    this.units = el("datalist", { id: "units" });
    this.named = el("ul", { class: "plain named", "aria-label": "Officers who appear" });
    this.line = el("p", {});
    this.yourself = el("p", { class: "wrong", role: "alert" });
    this.said = el("p", { class: "quiet", role: "status" });
    this.save = el("button", {}, "Save");
    const unit = form.state.whose?.units.length ? field("Unit", this.unit) : null;
    this.fields = el("form", { onsubmit: (event) => this.#send(event) },
      el("div", { class: "row" }, field("Who wears the camera", this.wearer, "The agency's id, such as a badge number."), unit),
      this.named, el("div", { class: "row" }, field("Another officer who appears", this.more), button("Add", { onclick: () => this.#add() })),
      this.yourself, el("div", { class: "row" }, this.save), this.officers, this.units);
    this.change = el("details", {}, el("summary", {}, "Say whose recording it is, and who else appears"),
      ...FOLLOWS.map((text) => el("p", { class: "quiet" }, text)), this.fields);
    this.root = el("section", { class: "whose", hidden: !form.state.whose }, el("h3", {}, "Whose recording it is"), this.line, this.change, this.said);
  }

  // What the server has; what somebody is filling in stays as it is.
  show() {
    const { whose } = this.form.state;
    if (this.left) return;
    this.root.hidden = !whose; // it can be held meanwhile
    if (!whose) return;
    this.line.textContent = this.#told(whose);
    this.officers.replaceChildren(...whose.officers.map((id) => el("option", { value: id }, whose.names[id] ?? "")));
    this.units.replaceChildren(...whose.units.map((unit) => el("option", { value: unit })));
    if (this.editing) return;
    this.seen = { wearer: whose.wearer, unit: whose.unit, others: whose.others };
    this.wearer.value = whose.wearer;
    this.unit.value = whose.unit;
    this.others = [...whose.others];
    this.#list();
  }

  #name(id) {
    const { names, own } = this.form.state.whose;
    return id === own ? `${id} (you)` : names[id] ? `${names[id]} (${id})` : id;
  }

  #told({ wearer, unit, others }) {
    const worn = wearer ? `Worn by ${this.#name(wearer)}` : "Nobody has said yet who wears the camera, so nobody gets a debrief of it";
    const also = others.length ? ` Also in it: ${others.map((id) => this.#name(id)).join(", ")}.` : " Nobody else is named as appearing.";
    return `${worn}${unit ? `, unit ${unit}` : ""}.${also}`;
  }

  #list() {
    this.named.replaceChildren(...this.others.map((id) => el("li", {}, this.#name(id),
      button("Remove", { class: "quiet-button", "aria-label": `Remove ${id}`, onclick: () => this.#remove(id) }))));
    this.#tellYourself();
  }

  #tellYourself() {
    const { own } = this.form.state.whose;
    const { wearer, others } = this.#typed();
    const mine = Boolean(own) && [wearer, ...others].includes(own);
    const told = mine ? YOURSELF : "";
    if (this.yourself.textContent !== told) this.yourself.textContent = told;
    this.save.textContent = mine ? "Save, and leave this recording" : "Save";
  }

  // As it would be sent: an id that was typed and not added is meant, too.
  #typed() {
    const [wearer, more] = [this.wearer.value.trim(), this.more.value.trim()];
    const others = [...new Set([...this.others, more])].filter((id) => id && id !== wearer).sort();
    return { wearer, unit: this.unit.value.trim(), others };
  }

  #edited() {
    this.editing = true;
    this.said.textContent = "";
    this.#tellYourself();
  }

  #enter(event) {
    if (event.key !== "Enter" || !this.more.value.trim()) return;
    event.preventDefault();
    this.#add();
  }

  #add() {
    this.others = this.#typed().others;
    this.more.value = "";
    this.#edited();
    this.#list();
    this.more.focus();
  }

  #remove(id) {
    this.others = this.others.filter((other) => other !== id);
    this.#edited();
    this.#list();
    this.more.focus();
  }

  async #send(event) {
    event.preventDefault();
    if (this.sending) return;
    const typed = this.#typed();
    if (JSON.stringify(typed) === JSON.stringify(this.seen)) {
      this.said.textContent = "It is so already.";
      return;
    }
    this.sending = true;
    this.save.setAttribute("aria-disabled", "true");
    this.said.textContent = "Saving …";
    const answer = await this.#post({ ...typed, seen: this.seen, as: this.form.state.user });
    this.sending = false;
    this.save.removeAttribute("aria-disabled");
    if (answer.whose !== undefined) this.#kept(answer);
    else this.#refused(answer);
  }

  async #post(body) {
    try {
      const answer = await fetch(this.form.state.urls.whose, {
        method: "POST",
        headers: { "content-type": "application/json", "x-requested-by": "bodycam-review" },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(PATIENCE),
      });
      return { ...(await answer.json().catch(() => ({}))), status: answer.status };
    } catch {
      return { error: "The server cannot be reached.", status: 0 };
    }
  }

  #kept({ whose, told }) {
    this.editing = false;
    this.more.value = "";
    if (told) {
      this.left = true;
      this.root.replaceChildren(el("h3", {}, "Whose recording it is"), el("p", { class: "banner", role: "alert" }, told));
    } else {
      this.form.learn({ ...this.form.state, whose });
      this.said.textContent = "Saved, and in the log with your name.";
    }
    this.form.tellPage("whose", Date.now());
  }

  // Where somebody else was quicker, what they said is shown, to be looked at before it is changed again.
  #refused({ error, status }) {
    this.said.textContent = `Not saved: ${error ?? `the server answered ${status}`}`;
    if (status !== 409) return;
    this.editing = false;
    this.form.fetch();
  }
}
