// The lanes: sound, voices, marks, tension and notes over one stretch of time, with zoom and a playhead.
// Drawn only when what they show changes; while it plays, only the playhead moves.

import { button, clock, el, shape } from "./dom.js";
import { View } from "./view.js";

const NEAR = 5; // pixels beside a mark at which a click still means it
const DRAGGED = 4; // pixels after which a press is no click but a pull
const HANDS_OFF = 4000; // milliseconds without turning the page after somebody moved it
const TONES = ["deescalating", "escalating", "civilian", "event", "signal", "ink", "quiet", "wave", "note", "bookmark",
  "praise", ...[1, 2, 3, 4, 5, 6].map((number) => `voice-${number}`)];

export class Lanes {
  constructor({ seconds, onSeek, onFlag, onMoment }) {
    Object.assign(this, { onSeek, onFlag, onMoment });
    this.view = new View(seconds, () => this.#shown());
    this.rows = [];
    this.time = 0;
    this.movedAt = -HANDS_OFF;
    this.canvas = el("canvas", { "aria-hidden": "true" });
    this.head = el("div", { class: "playhead" });
    this.tip = el("div", { class: "tip", hidden: true });
    this.plot = el("div", { class: "lane", role: "group", "aria-label": "The recording over time; click to go there" },
      this.canvas, this.head, this.tip);
    this.names = el("div", { class: "lane-names" });
    this.pens = new Map(TONES.map((tone) => [tone, el("i", { class: `tone-${tone}` })]));
    this.root = el("div", { class: "lanes" }, this.names, this.plot, el("div", { hidden: true }, ...this.pens.values()));
    this.#controls();
    this.#listen();
    // Measured when the size changes, not at every tick: reading it then would force a layout.
    this.watch = new ResizeObserver(([entry]) => {
      this.width = Math.round(entry.contentRect.width);
      this.draw();
    });
    this.watch.observe(this.plot);
    this.width = 0;
  }

  #controls() {
    this.range = el("input", { type: "range", class: "pan", min: 0, step: "any", "aria-label": "Which part of the recording is shown",
      oninput: () => this.#byHand(() => this.view.show(Number(this.range.value), this.view.length)) });
    this.part = el("span", { class: "quiet part" });
    const zoom = (text, name, key, act) => button(text, { "aria-label": name, title: `${name} (${key})`, onclick: () => this.#byHand(act) });
    this.controls = el("div", { class: "zoom", role: "group", "aria-label": "Zoom" },
      zoom("−", "Zoom out", "key o, or Ctrl and the wheel", () => this.zoom(-1)), zoom("+", "Zoom in", "key i, or Ctrl and the wheel", () => this.zoom(1)),
      zoom("Whole", "Show the whole recording", "key 0", () => this.view.showAll()), this.range, this.part);
    this.#tellPart();
  }

  #listen() {
    this.plot.addEventListener("wheel", (event) => {
      const sideways = event.shiftKey ? event.deltaY : Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : 0;
      if (!event.ctrlKey && !sideways) return; // the page scrolls
      event.preventDefault();
      this.#byHand(() => (event.ctrlKey ? this.view.zoom(-Math.sign(event.deltaY) / 2, this.#at(event)) : this.view.pan(sideways / 400)));
    }, { passive: false });
    this.plot.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      this.pull = { x: event.clientX, from: this.view.from, pulled: false };
    });
    this.plot.addEventListener("pointermove", (event) => {
      if (!this.pull || !event.buttons) return this.#point(event);
      const by = event.clientX - this.pull.x;
      if (this.view.whole || (!this.pull.pulled && Math.abs(by) < DRAGGED)) return;
      if (!this.pull.pulled) this.plot.setPointerCapture(event.pointerId);
      this.pull.pulled = true;
      this.#byHand(() => this.view.show(this.pull.from - (by / this.width) * this.view.length, this.view.length));
    });
    this.plot.addEventListener("pointerleave", () => (this.tip.hidden = true));
    this.plot.addEventListener("click", (event) => {
      if (this.pull?.pulled) return;
      const { flag, moment } = this.#under(event);
      if (flag) this.onFlag(flag);
      else if (moment) this.onMoment(moment);
      else this.onSeek(this.#at(event));
    });
    // A theme that changes changes the text's colour, which this makes noticeable (player.css has the transition).
    this.names.addEventListener("transitionend", () => this.draw());
  }

  #byHand(move) {
    this.movedAt = performance.now();
    move();
  }

  zoom(steps) {
    const middle = (this.view.from + this.view.to) / 2;
    this.#byHand(() => this.view.zoom(steps, this.view.holds(this.time) ? this.time : middle));
  }

  pan(parts) {
    this.#byHand(() => this.view.pan(parts));
  }

  showAll() {
    this.view.showAll();
  }

  #place(event) {
    const box = this.plot.getBoundingClientRect();
    return [event.clientX - box.left - this.plot.clientLeft, event.clientY - box.top - this.plot.clientTop];
  }

  #at(event) {
    return this.view.time(Math.min(Math.max(0, this.#place(event)[0] / this.width), 1));
  }

  #x(time) {
    return this.view.place(time) * this.width;
  }

  // The mark or the note under the pointer.
  #under(event) {
    const [x, y] = this.#place(event);
    const row = this.rows.find((one) => y >= one.y && y < one.y + one.height);
    const near = (from, to) => Math.max(this.#x(from) - x, x - Math.max(this.#x(to), this.#x(from) + NEAR), 0);
    const nearest = (things, from, to) => {
      const [first] = (things ?? []).map((one) => [near(from(one), to(one)), one]).sort((a, b) => a[0] - b[0]);
      return first && first[0] <= NEAR ? first[1] : null;
    };
    return {
      flag: nearest(row?.flags, (flag) => flag.start, (flag) => flag.end), said: row?.said,
      moment: nearest(row?.moments, (moment) => moment.at, (moment) => moment.at),
    };
  }

  #point(event) {
    const { flag, moment, said } = this.#under(event);
    const [x] = this.#place(event);
    const more = flag ? `${flag.unsure ? " (unsure)" : ""}${said(flag.id) ? " · the officer answered" : ""}` : "";
    const told = flag ? `${flag.clock} ${flag.direction_name}: ${flag.name}${more}`
      : moment ? `${clock(moment.at)} ${moment.text || moment.kind}` : clock(this.#at(event));
    this.tip.textContent = told;
    this.tip.hidden = false;
    this.tip.style.transform = x > this.width / 2 ? `translateX(calc(${x - 10}px - 100%))` : `translateX(${x + 12}px)`;
  }

  // Takes the rows, each with a height, and shows their names beside them.
  show(rows) {
    let y = 2;
    this.rows = rows.map((row) => ({ ...row, y: (y += row.height) - row.height }));
    this.height = y + 2;
    this.plot.style.height = `${this.height}px`;
    this.names.replaceChildren(...this.rows.map(({ name, direction, sign, height }) => {
      const label = el("div", { class: `lane-name ${direction ?? sign ?? ""}`, title: name }, ...(direction ? [shape(direction)] : []),
        ...(sign ? [el("i", { class: "line" })] : []), el("span", {}, name));
      label.style.height = `${height}px`;
      return label;
    }));
    this.draw();
  }

  #shown() {
    this.#tellPart();
    this.draw();
    this.at(this.time);
  }

  #tellPart() {
    const { whole, from, to, seconds, length } = this.view;
    this.range.hidden = whole;
    this.range.max = seconds - length;
    this.range.value = from;
    this.part.textContent = whole ? "" : `${clock(from)} to ${clock(to)}`;
  }

  // At most once for each picture that the browser shows.
  draw() {
    this.drawing ??= requestAnimationFrame(() => {
      this.drawing = null;
      if (this.width && !this.closed) this.#draw();
    });
  }

  #draw() {
    const [scale, { width, height, view }] = [window.devicePixelRatio || 1, this];
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    const pen = this.canvas.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    const tones = { font: getComputedStyle(this.names).fontFamily };
    for (const [tone, probe] of this.pens) tones[tone] = getComputedStyle(probe).color;
    const x = (time) => view.place(time) * width;
    for (const row of this.rows) {
      pen.globalAlpha = 0.12;
      pen.fillStyle = tones.ink;
      pen.fillRect(0, row.y + row.height, width, 1);
      pen.globalAlpha = 1;
      row.draw(pen, { y: row.y, height: row.height, width, view, tones, x });
    }
    this.at(this.time);
  }

  // Where the playhead stands; while it plays, the lanes turn their page unless somebody has just moved them.
  at(time, playing = false) {
    this.time = time;
    if (playing && !this.view.holds(time) && performance.now() - this.movedAt > HANDS_OFF) return this.view.turnTo(time);
    const place = this.view.place(time);
    this.head.hidden = place < 0 || place > 1;
    this.head.style.transform = `translateX(${place * this.width}px)`;
  }

  close() {
    this.closed = true;
    this.watch.disconnect();
  }
}
