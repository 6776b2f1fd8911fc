// The queue of marks not yet judged: each plays from before its cause; after an answer the next one plays.

import { button, el } from "./dom.js";

export class Verify {
  // `scope()` are the flags that the filter lets through, `answers` what was said of them; `onGo(flag)` plays one.
  constructor({ flags, scope, answers, onGo, onChange }) {
    Object.assign(this, { flags, scope, answers, onGo, onChange });
    this.on = false;
    this.current = null;
    this.serious = el("input", { type: "checkbox", onchange: () => this.#changed() });
    this.others = el("input", { type: "checkbox", onchange: () => this.#changed() });
    this.left = el("strong", { role: "status", class: "left-count" });
    this.hiddenNote = el("span", { class: "quiet" });
    this.toggleButton = button("Verify", { class: "main verify", "aria-pressed": "false", onclick: () => this.toggle() });
    this.root = el("div", { class: "verify-bar", hidden: true }, this.left, this.hiddenNote,
      el("label", {}, this.serious, " Serious ones first"), el("label", {}, this.others, " Also what others have judged"));
  }

  // Takes other marks; the one that is asked stays if it is still there.
  learn(flags) {
    this.flags = flags;
    this.current = flags.find(({ id }) => id === this.current?.id) ?? null;
    this.tell();
    if (this.on && !this.current && this.queue.length) this.go(this.queue[0], { play: false });
  }

  #open(flag) {
    return !this.answers.mine(flag.id) && (this.others.checked || this.answers.standing(flag.id) === "unverified");
  }

  // All flags in the order in which they are asked.
  get #order() {
    const flags = this.scope();
    return this.serious.checked ? [...flags].sort((a, b) => Number(b.serious) - Number(a.serious)) : flags;
  }

  get queue() {
    return this.#order.filter((flag) => this.#open(flag));
  }

  start({ play = true, from = null } = {}) {
    this.#turn(true);
    const queue = this.queue;
    const flag = queue.find((one) => one.id === from) ?? queue[0];
    if (flag) this.go(flag, { play });
    else this.tell();
  }

  stop() {
    this.#turn(false);
  }

  toggle() {
    if (!this.on) return this.start();
    this.stop();
    this.onGo(null, false);
  }

  #turn(on) {
    this.on = on;
    this.current = null;
    this.root.hidden = !on;
    this.toggleButton.setAttribute("aria-pressed", String(on));
    this.toggleButton.textContent = on ? "Stop verifying" : "Verify";
    this.tell();
    this.onChange();
  }

  go(flag, { play = true } = {}) {
    this.current = flag;
    this.onGo(flag, play);
    this.tell();
  }

  // The one after `flag` that is still open, from the beginning again after the last; null when all are judged.
  after(flag, by = 1) {
    const order = this.#order;
    const from = order.indexOf(flag);
    const around = by > 0 ? [...order.slice(from + 1), ...order.slice(0, Math.max(from, 0))]
      : [...order.slice(0, Math.max(from, 0)).reverse(), ...order.slice(from + 1).reverse()];
    return around.find((one) => this.#open(one)) ?? null;
  }

  // An answer was given to `flag`.
  answered(flag) {
    // Ticked on the way, serious ones first means the next one.
    const serious = this.serious.checked && !flag.serious ? this.queue.find((one) => one.serious) : null;
    const next = serious ?? this.after(flag);
    if (next) return this.go(next);
    this.current = null;
    this.tell();
    this.onGo(null, false);
  }

  #changed() {
    this.tell();
    this.onChange();
  }

  tell() {
    const left = this.queue.length;
    const total = this.scope().filter((flag) => this.#open(flag) || this.answers.mine(flag.id)).length;
    const skipped = this.flags.filter((flag) => this.answers.mine(flag.id) === "skip").length;
    const done = `Nothing left to verify${skipped ? `; ${skipped} skipped` : ""}.`;
    this.left.textContent = left ? `${left} of ${total} left` : done;
    const filtered = this.flags.filter((flag) => this.#open(flag)).length - left;
    this.hiddenNote.textContent = filtered ? `${filtered} more are filtered out of the list` : "";
  }
}
