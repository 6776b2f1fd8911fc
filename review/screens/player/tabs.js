// The lists on the right, one at a time: marks, and notes.

import { button, el } from "./dom.js";

export class Tabs {
  // `panels` are pairs of a name and what it shows; the first is shown.
  constructor(panels) {
    this.panels = new Map(panels);
    this.tabs = new Map(panels.map(([name]) => [name, button(name, { class: "tab", role: "tab", "data-tab": name,
      onclick: () => this.turnTo(name), onkeydown: (event) => this.#key(event, name) })]));
    this.root = el("div", { class: "tabs", role: "tablist", "aria-label": "What is listed" }, ...this.tabs.values());
    this.turnTo(panels[0][0]);
  }

  turnTo(name) {
    for (const [one, tab] of this.tabs) {
      tab.setAttribute("aria-selected", String(one === name));
      tab.tabIndex = one === name ? 0 : -1;
      this.panels.get(one).hidden = one !== name;
    }
  }

  #key(event, name) {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const names = [...this.tabs.keys()];
    const next = names[(names.indexOf(name) + 1) % names.length]; // there are two
    this.turnTo(next);
    this.tabs.get(next).focus();
  }

  count(name, number) {
    this.tabs.get(name).textContent = number ? `${name} ${number}` : name;
  }
}
