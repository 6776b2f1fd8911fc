// The lane: where in the recording the marks lie, one row for each direction, with a playhead.

import { clock, el } from "./dom.js";

export const ROWS = ["deescalating", "escalating", "civilian", "event", "signal"];

export class Lane {
  constructor({ seconds, flags, onSeek, onFlag }) {
    this.seconds = Math.max(seconds, 0.001);
    this.marks = new Map();
    this.head = el("div", { class: "playhead" });
    this.root = el("div", { class: "lane", role: "group", "aria-label": "Where the marks lie; click to go there" });
    const shown = ROWS.filter((row) => flags.some((flag) => flag.direction === row));
    this.root.style.setProperty("--rows", Math.max(shown.length, 1));
    for (const flag of flags) {
      const mark = el("span", { class: `mark ${flag.direction}${flag.unsure ? " unsure" : ""}`, "data-flag": flag.id });
      mark.title = `${clock(flag.start)} ${flag.direction_name}: ${flag.name}${flag.unsure ? " (unsure)" : ""}`;
      mark.style.left = `${(100 * flag.start) / this.seconds}%`;
      mark.style.width = `${(100 * (flag.end - flag.start)) / this.seconds}%`;
      mark.style.setProperty("--row", shown.indexOf(flag.direction));
      this.marks.set(flag.id, mark);
    }
    this.root.append(...this.marks.values(), this.head);
    this.root.addEventListener("click", (event) => {
      const flag = event.target.dataset.flag;
      if (flag !== undefined) return onFlag(flag);
      const box = this.root.getBoundingClientRect();
      onSeek(((event.clientX - box.left) / box.width) * this.seconds);
    });
    // Measured when the size changes, not at every tick: reading it then would force a layout.
    this.watch = new ResizeObserver(([entry]) => (this.width = entry.contentRect.width));
    this.watch.observe(this.root);
    this.width = 0;
  }

  at(time) {
    this.head.style.transform = `translateX(${Math.min(1, time / this.seconds) * this.width}px)`;
  }

  select(id) {
    for (const [flag, mark] of this.marks) mark.classList.toggle("picked", flag === id);
  }

  close() {
    this.watch.disconnect();
  }
}
