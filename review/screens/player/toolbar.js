// The bar between lanes and words: speed, going back, repeating, zoom, and what can be noted.

import { button, el } from "./dom.js";
import { SPEEDS } from "./media.js";

export class Toolbar {
  constructor({ media, zoom, moments, may, onRepeat, onRefer, onHelp }) {
    this.speed = el("select", { "aria-label": "Speed", onchange: () => media.setSpeed(Number(this.speed.value)) },
      ...SPEEDS.map((speed) => el("option", { value: speed, selected: speed === 1 }, `${speed}×`)));
    this.repeat = button("Repeat mark", { "aria-pressed": "false", title: "Repeat the chosen mark", onclick: onRepeat });
    this.slower = button("3 s back, slower", { title: "3 seconds back, slower until here", onclick: () => media.again() });
    const notes = el("div", { class: "group", role: "group", "aria-label": "At this moment" }, ...moments);
    if (may.includes("refer")) notes.append(button("Stop and refer …", { class: "refer-button", onclick: onRefer }));
    const help = button("Keys", { class: "help-button", onclick: onHelp });
    this.root = el("div", { class: "bar tools" }, zoom,
      el("div", { class: "group", role: "group", "aria-label": "Playing" }, el("label", {}, "Speed ", this.speed), this.slower, this.repeat),
      notes, help);
  }

  // A hard place is played slower for a moment; the choice of the person stays shown.
  tellSpeed(speed) {
    this.speed.value = String(speed);
  }

  tellRepeat(on) {
    this.repeat.setAttribute("aria-pressed", String(on));
  }
}
