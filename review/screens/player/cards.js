// The list of marks: what, whose words, how sure, which rule, and the reviewer's answer.

import { el, reveal, shape } from "./dom.js";
import { ROWS } from "./lane.js";

const ANSWERED = {
  agree: "you agreed",
  disagree: "you disagreed",
  wrong_speaker: "you said: wrong speaker",
  wrong_words: "you said: wrong words",
  skip: "you skipped it",
};
const STANDS = { unverified: "not verified", verified: "verified", rejected: "rejected", disputed: "disputed" };

export class Cards {
  constructor({ flags, onPlay, onAnswer, onUndo, onPick }) {
    this.flags = flags;
    this.hidden = new Set();
    this.cards = new Map(flags.map((flag) => [flag.id, this.#card(flag, { onPlay, onAnswer, onUndo, onPick })]));
    this.list = el("div", { class: "cards", role: "list", "aria-label": "Marked moments", tabindex: "0" });
    this.list.append(...[...this.cards.values()].map(({ root }) => root));
    if (!flags.length) this.list.append(el("p", { class: "empty" }, "The machine marked nothing in this recording."));
    this.root = el("div", { class: "flags" }, this.#filter(), this.list);
  }

  // The flags that are listed now, in order of time.
  get shown() {
    return this.flags.filter((flag) => !this.hidden.has(flag.direction));
  }

  #filter() {
    const bar = el("div", { class: "filter", role: "group", "aria-label": "Which marks are listed" });
    for (const direction of ROWS) {
      const flags = this.flags.filter((flag) => flag.direction === direction);
      if (!flags.length) continue;
      const button = el("button", { type: "button", class: `chip ${direction}`, "aria-pressed": "true" });
      button.append(shape(direction), `${flags[0].direction_name} ${flags.length}`);
      button.addEventListener("click", () => {
        const hide = !this.hidden.delete(direction);
        if (hide) this.hidden.add(direction);
        button.setAttribute("aria-pressed", String(!hide));
        for (const { id } of flags) this.cards.get(id).root.hidden = hide;
      });
      bar.append(button);
    }
    return bar;
  }

  #card(flag, { onPlay, onAnswer, onUndo, onPick }) {
    const answer = (name, text, key) =>
      el("button", { type: "button", class: name, "aria-pressed": "false", "aria-keyshortcuts": key,
        title: `${text} (key ${key})`, onclick: () => onAnswer(flag, name) }, text);
    const [agree, disagree] = [answer("agree", "Agree", "a"), answer("disagree", "Disagree", "d")];
    const undo = el("button", { type: "button", class: "undo", title: "Take my answer back (key z)",
      onclick: () => onUndo(flag) }, "Undo");
    const state = el("span", { class: "state" });
    const title = el("div", { class: "card-title" }, shape(flag.direction), el("strong", { title: flag.about }, flag.name),
      el("span", { class: "direction" }, flag.direction_name));
    if (flag.unsure) title.append(el("span", { class: "unsure-tag" }, "unsure"));
    const play = el("button", { type: "button", class: "play", title: "Play from 2 seconds before",
      onclick: () => onPlay(flag) }, `▶ ${flag.clock}`);
    const who = el("span", { class: "who" }, flag.speaker);
    if (flag.speaker_unsure) who.append(el("span", { class: "unsure-tag" }, "role unsure"));
    const sure = `${Math.round(100 * flag.confidence)} % sure`;
    const notes = flag.modifiers.length ? ` · ${flag.modifiers.join(", ")}` : "";
    const root = el("article", { class: `card ${flag.direction}${flag.unsure ? " unsure" : ""}`, role: "listitem",
      "data-flag": flag.id, "aria-label": `${flag.direction_name}: ${flag.name} at ${flag.clock}`,
      onclick: () => onPick(flag) },
      title,
      el("blockquote", {}, flag.quote),
      el("div", { class: "card-facts" }, who, ` · machine ${sure}${notes} · `, el("code", {}, flag.source)),
      el("div", { class: "card-actions" }, play, agree, disagree, undo, state));
    return { root, agree, disagree, undo, state };
  }

  // `answer` is this reviewer's, saved or still on its way; `standing` is what all reviewers together say.
  tell(id, { answer, standing, saved }) {
    const card = this.cards.get(id);
    card.agree.setAttribute("aria-pressed", String(answer === "agree"));
    card.disagree.setAttribute("aria-pressed", String(answer === "disagree"));
    card.undo.hidden = !answer;
    const mine = answer ? `${ANSWERED[answer]} · ` : "";
    card.state.textContent = saved ? `${mine}${answer ? "saved · " : ""}${STANDS[standing]}` : `${mine}not saved yet`;
    card.root.dataset.standing = standing;
    card.root.dataset.saved = String(saved);
  }

  select(id) {
    for (const [flag, { root }] of this.cards) {
      root.classList.toggle("picked", flag === id);
      if (flag === id) reveal(this.list, root);
    }
  }
}
