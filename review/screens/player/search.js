// Search in the words of the transcript: how many places, which one, the next and the one before, and to play from it.

import { button, el, firstAfter } from "./dom.js";

const plain = (text) => text.toLowerCase().normalize("NFKD").replace(/[^\p{L}\p{N}]/gu, "");

export class Search {
  // `onShow(first, last)` shows the words of one place, `onPlay(first)` plays from its first word, `onMarks(places)` marks all.
  constructor({ onShow, onPlay, onMarks }) {
    Object.assign(this, { onShow, onPlay, onMarks });
    this.places = [];
    this.at = -1;
    this.field = el("input", { type: "search", placeholder: "Search in the transcript", "aria-label": "Search in the transcript",
      oninput: () => this.#find(), onkeydown: (event) => this.#key(event) });
    this.count = el("span", { class: "count", role: "status" });
    this.before = button("‹", { title: "Place before (Shift + Enter)", "aria-label": "Previous place", onclick: () => this.step(-1) });
    this.after = button("›", { title: "Next place (Enter)", "aria-label": "Next place", onclick: () => this.step(1) });
    this.hint = el("span", { class: "quiet play-key" }, "Ctrl + Enter plays");
    this.root = el("div", { class: "search", role: "search" }, this.field, this.before, this.after, this.count, this.hint);
    this.#tell();
  }

  // Takes the words of a new transcript; a word without a letter or a digit is passed over.
  read(words) {
    this.starts = []; // [place in the text, number of the word]
    let text = " ";
    words.forEach((word, number) => {
      const letters = plain(word);
      if (!letters) return;
      this.starts.push([text.length, number]);
      text += `${letters} `;
    });
    this.text = text;
    this.#find();
  }

  focus() {
    this.field.focus();
    this.field.select();
  }

  #find() {
    const wanted = this.field.value.split(/\s+/).map(plain).filter(Boolean).join(" ");
    this.places = [];
    this.at = -1;
    // From the beginning of a word on; its end may still be missing while it is typed.
    for (let at = 0; wanted && this.text; ) {
      at = this.text.indexOf(` ${wanted}`, at);
      if (at < 0) break;
      this.places.push([this.#word(at + 1), this.#word(at + wanted.length)]);
      at += 1;
    }
    this.onMarks(this.places);
    this.#tell();
  }

  #word(place) {
    return this.starts[firstAfter(this.starts, place, ([start]) => start) - 1][1];
  }

  step(by) {
    if (!this.places.length) return;
    this.at = this.at < 0 ? (by > 0 ? 0 : this.places.length - 1) : (this.at + by + this.places.length) % this.places.length;
    this.onShow(...this.places[this.at]);
    this.#tell();
  }

  // From the place that is shown, or from the first one.
  play() {
    if (this.at < 0) this.step(1);
    if (this.at >= 0) this.onPlay(this.places[this.at][0]);
  }

  #tell() {
    const number = this.places.length;
    const empty = !this.field.value.trim();
    this.count.textContent = empty ? "" : this.at < 0 ? `${number || "no"} ${number === 1 ? "place" : "places"}` : `${this.at + 1} of ${number}`;
    this.before.disabled = this.after.disabled = this.hint.hidden = !number;
  }

  #key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.play();
    else if (event.key === "Enter") this.step(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") this.#leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #leave() {
    this.field.value = "";
    this.#find();
    this.field.blur();
  }
}
