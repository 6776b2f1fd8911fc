// What every form here has: the state that the server told last, the acts on their way, and what stands unsaved.

import { Outbox } from "./outbox.js";
import { button, el } from "./dom.js";

const PLAYED = "listened";
const told = (operation) => operation?.kind !== PLAYED;

export class Form {
  constructor({ data, parentElement, setTriggerValue }) {
    this.state = data;
    this.tellPage = setTriggerValue;
    this.acked = []; // acts that are committed but not yet in the state: {at, operation}
    this.refused = [];
    this.outbox = new Outbox({ user: data.user, onChange: () => this.#changed(), onSaved: (answer) => this.#saved(answer) });
    this.saved = el("span", { class: "form-saved", role: "status" });
    this.trouble = el("div", { class: "refusals", role: "alert" });
    this.lookAgain = () => document.visibilityState === "visible" && this.fetch();
    document.addEventListener("visibilitychange", this.lookAgain);
    this.host = parentElement;
  }

  begin(root) {
    this.root = root;
    this.host.append(root);
    this.outbox.send();
    this.show();
  }

  can(kind) {
    return this.state.may.includes(kind);
  }

  name(user) {
    return user === this.state.user ? "you" : this.state.people[user] ?? user;
  }

  act(kind, about = "", body = {}) {
    return this.outbox.add(this.state.recording, { kind, about, body });
  }

  // A stretch that was played here: kept and sent like an act, and shown nowhere.
  played(start, end) {
    if (this.can(PLAYED)) this.act(PLAYED, "", { start, end });
  }

  // Acts that are not in the state yet, in the order in which they were done.
  get fresh() {
    return [...this.acked.map(({ operation }) => operation), ...this.#unsent];
  }

  get pending() {
    return new Set(this.#unsent.map(({ id }) => id));
  }

  get #unsent() {
    return this.outbox.waitingFor(this.state.recording).filter(told);
  }

  // What was played changes nothing here, and what is shown anew takes the focus from whoever pressed play.
  #changed() {
    const { decisions, problem } = this.outbox;
    const now = JSON.stringify([decisions.map(({ operation }) => operation.id), problem]);
    if (now === this.waitsFor) return;
    this.waitsFor = now;
    this.show();
  }

  learn(state) {
    this.state = state;
    this.show();
  }

  // What the server has now; acts that were committed before it was asked are in it.
  async fetch() {
    const asked = Date.now();
    this.asked = asked;
    const answer = await fetch(this.state.urls.state).catch(() => null);
    if (!answer?.ok || this.closed || this.asked !== asked) return;
    const state = await answer.json().catch(() => null);
    if (!state || this.closed) return;
    this.acked = this.acked.filter(({ at }) => at > asked);
    this.learn(state);
  }

  async #saved({ recording, ...answered }) {
    const [operations, refused] = [answered.operations.filter(told), answered.refused.filter((one) => told(one.operation))];
    if (recording !== this.state.recording || !(operations.length + refused.length)) return;
    const wrong = new Set(refused.map(({ operation }) => operation?.id));
    const at = Date.now();
    this.acked.push(...operations.filter(({ id }) => !wrong.has(id)).map((operation) => ({ at, operation })));
    this.refused.push(...refused);
    await this.fetch();
    clearTimeout(this.telling);
    if (operations.some(({ kind }) => this.tells.has(kind))) this.telling = setTimeout(() => this.tellPage("changed", at), 300);
  }

  // Kinds after which the page around this form is another one.
  get tells() {
    return new Set();
  }

  tellSaved(more = 0) {
    const { decisions, problem } = this.outbox;
    const unsaved = decisions.length + more;
    this.saved.replaceChildren(unsaved ? `${unsaved} unsaved` : "All saved");
    if (problem === "signed out") {
      this.saved.append(". You are signed out: ", el("a", { href: "/sign-in", target: "_blank" }, "sign in again"), " to save.");
    } else if (problem) {
      this.saved.append(`. ${problem}`);
    }
    this.saved.classList.toggle("waiting", unsaved > 0 || problem !== "");
    this.trouble.replaceChildren(...this.refused.map((one) => this.#refusal(one)));
  }

  // What the server would not take stays here to be read and written again.
  #refusal(one) {
    const { text, why, note, next_step: next } = one.operation?.body ?? {};
    const words = [text, why, note, next].filter(Boolean).join(" ");
    return el("div", { class: "refusal" }, el("strong", {}, `Not kept: ${one.why}`), words ? el("p", {}, words) : null,
      button("Dismiss", { class: "quiet-button", onclick: () => {
        this.refused = this.refused.filter((other) => other !== one);
        this.show();
      } }));
  }

  close() {
    this.closed = true;
    clearTimeout(this.telling);
    document.removeEventListener("visibilitychange", this.lookAgain);
    this.outbox.close();
    this.root?.remove();
  }
}
