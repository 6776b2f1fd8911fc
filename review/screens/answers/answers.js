// An officer's own debrief: the moments one by one, what went well first, and what the officer answers to them.
//
// What all our forms share (the outbox, what stands unsaved, the sound of moments) is that of the other component;
// Streamlit serves each component's files beside the others', under its name.

import { Form } from "../review.form/kept_state.js";
import { button, el, mediaOfPage } from "../review.form/dom.js";
import { MomentSound } from "../review.form/moment_sound.js";
import { Card } from "./card.js";
import { Own } from "./own.js";
import { Sessions } from "./sessions.js";

const TAIL = 1.2; // seconds played after a moment
const SHORT = 8; // seconds of a moment that has no end
const WELL = ["praise", "verified", "well"];
const pages = new WeakMap();

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const shown = pages.get(parentElement);
  if (shown?.state.recording === data.recording) {
    shown.tellPage = setTriggerValue;
    shown.learn(data);
  } else {
    shown?.close();
    pages.set(parentElement, new Debrief(component));
  }
  return () => {
    pages.get(parentElement)?.close();
    pages.delete(parentElement);
  };
}

class Debrief extends Form {
  constructor(component) {
    super(component);
    const { data } = component;
    this.cards = new Map();
    this.saved.classList.add("saved");
    this.sound = new MomentSound({ url: data.urls.media, video: data.video, seconds: data.seconds, onStretch: (...span) => this.played(...span),
      onEnd: () => (this.now.textContent = "That was the moment. Press play to hear on.") });
    this.media = this.sound.media;
    this.media.node.setAttribute("aria-label", "The recording");
    this.now = el("p", { class: "now quiet", role: "status" }, "Press a time to hear that moment.");
    this.told = el("ul", { class: "told" });
    this.groups = el("div", { class: "groups" });
    this.sessions = new Sessions(this);
    this.unread = el("p", { class: "unread", hidden: true }, "A coaching session waits for your answer. ",
      button("Go to it", { class: "quiet-button", onclick: () => this.sessions.goTo() }));
    this.own = new Own(this);
    this.begin(this.#build());
    this.sound.begin();
    if (data.at !== null) this.play({ at: data.at, end: null, name: "the moment that you were sent to" }, false);
  }

  get tells() {
    return new Set(["acknowledge"]);
  }

  #build() {
    const aside = el("aside", { class: "listen", "aria-label": "Listen" }, this.media.node, this.media.trouble, this.now,
      el("p", { class: "readers" }, this.state.readers), el("p", { class: "bar" }, this.saved), this.trouble);
    return el("section", { class: "debrief", "aria-label": "Debrief" }, el("div", { class: "main" }, this.unread, this.groups,
      el("section", { class: "group" }, el("h3", {}, "Your own words, in short"),
        el("p", { class: "quiet" }, "Counts of moments to hear, not a score."), this.told), this.own.root), aside);
  }

  play({ at, end, name }, start = true) {
    const other = mediaOfPage(this.host);
    if (other && !other.paused) other.pause();
    const [from, until] = [at - this.state.lead_in, (end ?? at + SHORT) + TAIL];
    this.now.textContent = `Playing: ${name}`;
    if (start) return this.sound.play(from, until);
    this.sound.until = until;
    this.media.seek(from);
  }

  show() {
    if (!this.root) return;
    const fresh = this.fresh;
    const pending = this.pending;
    for (const group of this.state.groups) this.#group(group, fresh, pending);
    const wanted = this.state.groups.map(({ id }) => this.#node(id));
    // What went well comes first, also before coaching.
    const well = this.state.groups.findLastIndex(({ id }) => WELL.includes(id));
    wanted.splice(well + 1, 0, this.sessions.root);
    if (wanted.some((node, number) => this.groups.children[number] !== node) || this.groups.children.length !== wanted.length) {
      this.groups.replaceChildren(...wanted);
    }
    this.#tell();
    this.sessions.show(fresh);
    this.unread.hidden = !this.sessions.waits;
    this.own.show(fresh, pending);
    this.tellSaved([...this.cards.values()].filter((card) => card.writing).length);
  }

  #node(id) {
    this.nodes ??= new Map();
    if (!this.nodes.has(id)) {
      const [list, title, note] = [el("div", { class: "moments" }), el("h3"), el("p", { class: "quiet" })];
      const folded = this.state.groups.find((group) => group.id === id).folded;
      const root = el("section", { class: "group", "data-group": id });
      root.append(...(folded ? [el("details", {}, el("summary", {}, title), note, list)] : [title, note, list]));
      this.nodes.set(id, Object.assign(root, { list, heading: title, note }));
    }
    return this.nodes.get(id);
  }

  #group({ id, title, note, moments, folded }, fresh, pending) {
    const node = this.#node(id);
    node.heading.textContent = folded ? `${title}: ${moments.length}` : title;
    node.note.textContent = note;
    node.note.hidden = !note;
    const cards = moments.map((moment) => {
      if (!this.cards.has(moment.id)) this.cards.set(moment.id, new Card(this, moment));
      const card = this.cards.get(moment.id);
      card.show(moment, fresh.filter(({ about }) => about === moment.id), pending);
      return card.root;
    });
    if (cards.some((card, number) => node.list.children[number] !== card) || node.list.children.length !== cards.length) {
      node.list.replaceChildren(...cards);
    }
  }

  #tell() {
    const told = JSON.stringify(this.state.told);
    if (told === this.tellsNow) return;
    this.tellsNow = told;
    this.told.replaceChildren(...this.state.told.map(({ text, moments }) => el("li", {}, text, " ",
      ...moments.map(({ at, clock, about }) => button(`${clock} ${about}`.trim(), { class: "quiet-button",
        onclick: () => this.play({ at, end: null, name: about || clock }) })))));
  }

  close() {
    this.sound.close(); // first, so that what was played until now is still sent
    super.close();
  }
}
