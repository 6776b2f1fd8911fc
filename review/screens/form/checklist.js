// One item of a checklist: the question, its answers by one key each, a note, and the marks that help to answer it.

import { button, clock, el } from "./dom.js";
import { Typed } from "./typed.js";

const MARKS_SHOWN = 6; // moments beside a question; the rest unfolds

export class Item {
  // `onAnswer(reply, note)` sends one; `onPlay(mark)` plays it; `onMove(by)` goes to the item before or after.
  constructor({ key, number, item, marks, place, onAnswer, onPlay, onMove, onDraft }) {
    Object.assign(this, { key, item, onAnswer, onMove });
    this.replies = item.replies.map(({ id, name }, at) =>
      button(name, { class: "reply", "data-reply": id, "aria-pressed": "false", title: `key ${at + 1}`,
        tabindex: at ? "-1" : "0", onclick: () => this.answer(id) }));
    this.note = new Typed({ place: `${place}:${key}`, label: `Note: ${item.text}`, placeholder: "Note", onDraft,
      onText: (text) => onAnswer(this.mine?.reply ?? this.holds?.reply ?? "", text) });
    this.noteButton = button("Note", { class: "quiet-button", "aria-label": `Note: ${item.text}`, "aria-expanded": "false", onclick: () => this.#openNote(true) });
    this.reads = el("span", { class: "quiet reads" }, "The officer reads this note once the form is signed.");
    this.note.node.hidden = this.reads.hidden = !this.note.unsent;
    this.state = el("span", { class: "state" });
    this.told = el("div", { class: "told" });
    const label = `item-${key.replace("/", "-")}`;
    this.choices = el("div", { class: "replies", role: "group", "aria-labelledby": label }, ...this.replies);
    this.root = el("li", { class: "item", "data-item": key, onkeydown: (event) => this.#key(event) },
      el("div", { class: "asked" }, el("span", { class: "number", "aria-hidden": "true" }, String(number)),
        el("span", { id: label, class: "question" }, item.text)),
      this.choices, el("div", { class: "beside" }, this.noteButton, this.state), this.#moments(marks, onPlay), this.told, this.note.node, this.reads);
  }

  #moments(marks, onPlay) {
    const link = (mark) => button(`${mark.name} ${clock(mark.at)}`, { class: "place", title: mark.quote, "data-mark": mark.id,
      onclick: () => onPlay(mark) });
    const row = el("div", { class: "places", hidden: !marks.length }, el("span", { class: "quiet" }, "Listen:"), ...marks.slice(0, MARKS_SHOWN).map(link));
    if (marks.length > MARKS_SHOWN) {
      const rest = marks.slice(MARKS_SHOWN);
      const more = button(`${rest.length} more`, { class: "quiet-button", onclick: () => more.replaceWith(...rest.map(link)) });
      row.append(more);
    }
    return row;
  }

  // `holds` is the answer given last, by whomever; `mine` this person's; `others` all others' answers.
  tell({ holds, mine, others, pending, readOnly }) {
    Object.assign(this, { holds, mine, readOnly });
    for (const one of this.replies) {
      one.setAttribute("aria-pressed", String(one.dataset.reply === holds?.reply));
      one.setAttribute("aria-disabled", String(readOnly));
    }
    this.note.show(mine?.note ?? "");
    if (this.note.node.value) this.#openNote(false);
    this.note.node.readOnly = readOnly;
    this.noteButton.hidden = readOnly || !this.note.node.hidden;
    const unsaved = pending || this.note.unsent;
    this.state.textContent = unsaved ? "saving …" : holds?.reply || mine?.note ? "✓ saved" : "";
    this.state.classList.toggle("waiting", unsaved);
    this.told.replaceChildren(...others.map((text) => el("div", {}, text)));
    this.root.classList.toggle("answered", Boolean(holds?.reply));
  }

  answer(reply) {
    if (this.readOnly) return;
    this.note.commit();
    const again = reply === this.holds?.reply && reply === this.mine?.reply;
    this.onAnswer(again ? "" : reply, this.mine?.note ?? "");
  }

  focus() {
    (this.replies.find((one) => one.tabIndex === 0) ?? this.replies[0]).focus({ preventScroll: true });
    this.root.scrollIntoView({ block: "nearest" });
  }

  #openNote(focus) {
    this.note.node.hidden = this.reads.hidden = false;
    this.noteButton.setAttribute("aria-expanded", "true");
    this.noteButton.hidden = true;
    if (focus) this.note.node.focus();
  }

  #key(event) {
    const target = event.composedPath()[0];
    if (event.ctrlKey || event.metaKey || event.altKey || target === this.note.node) return;
    const at = this.replies.indexOf(target);
    const digit = Number(event.key) - 1;
    if (this.replies[digit]) {
      this.answer(this.item.replies[digit].id);
      this.onMove(1);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.onMove(event.key === "ArrowDown" ? 1 : -1);
    } else if (at >= 0 && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      const next = this.replies[(at + (event.key === "ArrowRight" ? 1 : -1) + this.replies.length) % this.replies.length];
      for (const one of this.replies) one.tabIndex = one === next ? 0 : -1;
      next.focus();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  close() {
    this.note.close();
  }
}
