// The list of keys, where each can be changed: foot pedals and other keyboards send what they send.

import { button, el } from "./dom.js";
import { ACTIONS, FIXED, keyName, keyOf } from "./keys.js";

export class Help {
  constructor({ keymap, offered, onChange }) {
    Object.assign(this, { keymap, offered, onChange });
    this.asking = null;
    this.told = el("p", { class: "quiet", role: "status" });
    this.rows = el("dl", { class: "keys" });
    const fixed = el("dl", { class: "keys fixed" }, ...FIXED.flatMap(([key, name]) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, name)]));
    const reset = button("Standard keys", { onclick: () => this.#reset() });
    const close = button("Close", { class: "main", onclick: () => this.root.close() });
    this.root = el("dialog", { class: "help", "aria-label": "Keys" }, el("h3", {}, "Keys"),
      el("p", { class: "quiet" }, "Choose one to give it another key, also that of a foot pedal. Kept in this browser, for you."),
      this.rows, this.told, el("p", { class: "quiet" }, "These stay as they are:"), fixed, el("div", { class: "row" }, reset, close));
    this.root.addEventListener("keydown", (event) => this.#take(event));
    this.root.addEventListener("close", () => (this.asking = null));
    this.root.onKey = (key) => !this.asking && this.keymap.actions.get(key) === "help" && (this.root.close(), true);
    this.#list();
  }

  toggle() {
    if (this.root.open) return this.root.close();
    this.told.textContent = "";
    this.#list();
    this.root.showModal();
  }

  #list() {
    this.rows.replaceChildren(...ACTIONS.filter(([id]) => this.offered(id)).flatMap(([id, name]) => {
      const keys = this.keymap.keys(id).map(keyName).join(", ") || "none";
      const change = button(this.asking === id ? "press a key …" : keys, { class: "key", "data-action": id,
        "aria-label": `${name}: ${keys}. Change`, onclick: () => this.#ask(id) });
      return [el("dt", {}, change), el("dd", {}, name)];
    }));
  }

  #ask(id) {
    this.asking = id;
    this.told.textContent = "Press the key or the pedal. Esc leaves it as it is.";
    this.#list();
    this.rows.querySelector(`[data-action=${id}]`).focus();
  }

  #take(event) {
    if (!this.asking) return;
    const [id, key] = [this.asking, keyOf(event)];
    if (!key || key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    this.asking = null;
    const other = key === "Escape" ? undefined : this.keymap.set(id, key);
    const name = ACTIONS.find(([action]) => action === other)?.[1];
    this.told.textContent = name ? `This key is taken away from: ${name}.` : "";
    this.#list();
    this.rows.querySelector(`[data-action=${id}]`).focus();
    this.onChange();
  }

  #reset() {
    this.keymap.reset();
    this.told.textContent = "All keys are the standard ones again.";
    this.#list();
    this.onChange();
  }
}
