// The list of marks: what, whose words, how sure, and the reviewer's answer; which rule says so is told on demand.

import { button, el, reveal, shape } from "./dom.js";
import { ROWS } from "./rows.js";

const ANSWERED = {
  agree: "you agreed",
  disagree: "you disagreed",
  wrong_speaker: "you said: wrong speaker",
  wrong_words: "you said: wrong words",
  skip: "you skipped it",
};
const NOT_PLAYED = "you have not played it yet";
const LISTEN_FIRST = "Listen first, then press again: to agree is to confirm the words and who says them.";
const LISTENED = "You have heard it. Press again to agree.";
const SERIOUS = "serious: listen first";
const STANDS = { unverified: "not verified", verified: "verified", rejected: "rejected", disputed: "disputed" };
// Agreeing and disagreeing are what is wanted nearly always; the others stand back.
const CHOICES = [["agree", "Agree"], ["disagree", "Disagree"], ["wrong_speaker", "Wrong speaker"], ["wrong_words", "Wrong words"],
  ["skip", "Skip …"]];
export const REASONS = [["cannot hear", "Cannot hear it"], ["not sure", "Not sure"], ["need a second person", "Needs a second person"],
  ["other", "Another reason"]];

export class Cards {
  // `serious` says which kinds of moments are, for those who judge: they are asked for serious ones first.
  constructor({ flags, judges, serious, onPlay, onAnswer, onUndo, onPick, onFilter }) {
    Object.assign(this, { judges, serious, onPlay, onAnswer, onUndo, onPick, onFilter });
    this.hidden = new Set(); // directions
    this.unjudgedOnly = false;
    this.picked = null;
    this.list = el("div", { class: "cards", role: "list", "aria-label": "Marked moments", tabindex: "0",
      onclick: (event) => this.#click(event) });
    this.root = el("div", { class: "flags" });
    this.show(flags);
  }

  // Takes other marks in place of those that were listed; filters, and the chosen one if it is there, stay.
  show(flags) {
    this.closeReasons();
    this.flags = flags;
    this.known = new Map(flags.map((flag) => [flag.id, flag]));
    this.cards = new Map(flags.map((flag) => [flag.id, this.#card(flag)]));
    this.none = el("p", { class: "empty", role: "listitem" }, "The machine marked nothing in this recording. Nothing heard is not nothing done.");
    const top = this.list.scrollTop;
    this.list.replaceChildren(...[...this.cards.values()].map(({ root }) => root), this.none);
    this.root.replaceChildren(this.#filter(), this.list);
    this.list.scrollTop = top;
    if (!this.known.has(this.picked)) this.picked = null;
    this.cards.get(this.picked)?.root.classList.add("picked");
    this.#list();
  }

  // The flags of the directions that are not filtered out, in order of time.
  get inScope() {
    return this.flags.filter((flag) => !this.hidden.has(flag.direction));
  }

  // Those that are listed now. One that was just answered stays until another is chosen.
  get shown() {
    return this.inScope.filter((flag) => this.#listed(flag));
  }

  #listed(flag) {
    if (this.hidden.has(flag.direction)) return false;
    return !this.unjudgedOnly || flag.id === this.picked || this.cards.get(flag.id).open;
  }

  #filter() {
    this.bar = el("div", { class: "filter", role: "group", "aria-label": "Which marks are listed" });
    for (const direction of ROWS) {
      const flags = this.flags.filter((flag) => flag.direction === direction);
      if (!flags.length) continue;
      const chip = button("", { class: `chip ${direction}`, "aria-pressed": String(!this.hidden.has(direction)), onclick: () => {
        const hide = !this.hidden.delete(direction);
        if (hide) this.hidden.add(direction);
        chip.setAttribute("aria-pressed", String(!hide));
        this.#list();
      } });
      chip.append(shape(direction), `${flags[0].direction_name} ${flags.length}`);
      this.bar.append(chip);
    }
    this.unjudged = button("Not judged only", { class: "chip only", "aria-pressed": String(this.unjudgedOnly), onclick: () => this.toggleUnjudged() });
    if (this.flags.length) this.bar.append(this.unjudged);
    return this.bar;
  }

  toggleUnjudged() {
    this.unjudgedOnly = !this.unjudgedOnly;
    this.unjudged.setAttribute("aria-pressed", String(this.unjudgedOnly));
    this.#list();
  }

  #list() {
    let any = false;
    for (const flag of this.flags) {
      const listed = this.#listed(flag);
      any ||= listed;
      this.cards.get(flag.id).root.hidden = !listed;
    }
    this.none.hidden = any;
    if (this.flags.length) this.none.textContent = "No marks of this choice.";
    this.onFilter();
  }

  #card(flag) {
    const title = el("div", { class: "card-title" }, shape(flag.direction), el("strong", {}, flag.name),
      el("span", { class: "direction" }, flag.direction_name));
    if (flag.unsure) title.append(el("span", { class: "unsure-tag" }, "unsure"));
    const serious = this.judges && flag.serious;
    if (serious) title.append(el("span", { class: "serious-tag", title: this.serious }, SERIOUS));
    const who = el("span", { class: "who" }, flag.speaker);
    if (flag.speaker_unsure) who.append(el("span", { class: "unsure-tag" }, "role unsure"));
    const heard = el("span", { class: "heard" }, NOT_PLAYED);
    const said = el("div", { class: "said", role: "note", "aria-label": "What the officer says about this mark", hidden: true });
    const first = el("p", { class: "listen-first", role: "status" });
    const answered = el("span", { class: "answered-tag", hidden: true }, shape("note"), "the officer answered");
    title.append(answered);
    const notes = flag.modifiers.length ? ` · ${flag.modifiers.join(", ")}` : "";
    const state = el("span", { class: "state" });
    const why = el("details", { class: "why" }, el("summary", {}, "Why it is marked"), el("p", {}, flag.about),
      el("p", {}, "Found by ", el("code", {}, flag.source), `, ${flag.certainty}${notes}`),
      ...(serious ? [el("p", {}, this.serious)] : []));
    const root = el("div", { class: `card ${flag.direction}${flag.unsure ? " unsure" : ""}`, role: "listitem",
      "data-flag": flag.id, "aria-label": `${flag.direction_name}: ${flag.name} at ${flag.clock}` },
      title, el("blockquote", {}, flag.quote), ...flag.facts.map((fact) => el("p", { class: "fact" }, fact)), said,
      el("div", { class: "card-facts" }, who, " · ", heard, " · ", state),
      this.#actions(flag), first, why);
    return { root, heard, said, answered, first, state, open: true, was: "" };
  }

  #actions(flag) {
    const play = button(`▶ ${flag.clock}`, { class: "play", "data-do": "play", title: "Play from 2 seconds before" });
    const row = el("div", { class: "card-actions" }, play);
    if (!this.judges) return row;
    for (const [name, text] of CHOICES) row.append(button(text, { class: `answer ${name}`, "aria-pressed": "false", "data-do": name }));
    row.append(button("Undo", { class: "undo", "data-do": "undo", title: "Take my answer back", hidden: true }));
    return row;
  }

  #click(event) {
    const flag = this.known.get(event.target.closest("[data-flag]")?.dataset.flag);
    if (!flag) return;
    const what = event.target.closest("[data-do]")?.dataset;
    if (!what) {
      if (!event.target.closest("summary")) this.onPick(flag);
    } else if (what.do === "play") this.onPlay(flag);
    else if (what.do === "undo") this.onUndo(flag);
    else if (what.do === "skip") this.askReason(flag);
    else if (what.do === "reason") this.#skip(flag, what.note);
    else if (what.do === "back") this.closeReasons();
    else this.onAnswer(flag, what.do);
  }

  // A skip says why; one key each while the choice is open.
  askReason(flag) {
    this.closeReasons();
    this.onPick(flag);
    this.reasons = el("div", { class: "reasons", role: "group", "aria-label": "Why it is skipped" },
      ...REASONS.map(([note, text], number) => button(`${number + 1} ${text}`, { "data-do": "reason", "data-note": note })),
      button("Esc Back", { "data-do": "back" }));
    this.asked = flag;
    this.cards.get(flag.id).root.append(this.reasons);
    reveal(this.list, this.reasons);
  }

  closeReasons() {
    this.reasons?.remove();
    this.reasons = this.asked = null;
  }

  // A key while the reasons are shown; true when it was used.
  onKey(key) {
    if (!this.reasons) return false;
    if (key === "Escape") return this.closeReasons(), true;
    const reason = REASONS[Number(key) - 1];
    if (reason) this.#skip(this.asked, reason[0]);
    return Boolean(reason);
  }

  #skip(flag, note) {
    this.closeReasons();
    this.onAnswer(flag, "skip", note);
  }

  // `answer` is this reviewer's, saved or still on its way; `standing` is what all reviewers together say.
  tell(id, { answer, standing, saved }) {
    const card = this.cards.get(id);
    const now = `${answer} ${standing} ${saved}`;
    if (card.was === now) return;
    card.was = now;
    card.open = !answer && standing === "unverified";
    if (answer) card.first.textContent = "";
    for (const choice of card.root.querySelectorAll(".answer")) choice.setAttribute("aria-pressed", String(choice.dataset.do === answer));
    if (this.judges) card.root.querySelector(".undo").hidden = !answer;
    const mine = answer ? `${ANSWERED[answer]} · ` : "";
    card.state.textContent = saved ? `${mine}${answer ? "saved · " : ""}${STANDS[standing]}` : `${mine}not saved yet`;
    card.root.dataset.standing = standing;
    card.root.dataset.saved = String(saved);
  }

  // What the officer has said about marks, each with their words; it is to be read before anybody judges.
  say(answers) {
    for (const [id, { said, answered }] of this.cards) {
      const rows = answers[id] ?? [];
      const now = JSON.stringify(rows);
      if ((said.dataset.rows ?? "[]") === now) continue;
      said.dataset.rows = now;
      said.hidden = answered.hidden = !rows.length;
      said.replaceChildren(...rows.map(({ name, what, by, on, text }) => el("div", {}, el("strong", {}, what ? `${name}: ${what}` : name),
        ` (${by}, ${on})`, el("p", {}, `“${text}”`))));
    }
  }

  // Somebody agreed to what they have not played yet.
  listenFirst(id) {
    this.cards.get(id).first.textContent = LISTEN_FIRST;
    reveal(this.list, this.cards.get(id).root);
  }

  // Called once after a round of `tell`.
  told() {
    if (this.unjudgedOnly) this.#list();
  }

  heard(id) {
    const { root, heard, first } = this.cards.get(id);
    heard.textContent = "played";
    root.dataset.played = "true";
    if (first.textContent) first.textContent = LISTENED;
  }

  select(id) {
    if (this.asked && this.asked.id !== id) this.closeReasons();
    this.cards.get(this.picked)?.root.classList.remove("picked");
    this.picked = id;
    if (this.unjudgedOnly) this.#list();
    const card = this.cards.get(id);
    if (!card) return;
    card.root.classList.add("picked");
    reveal(this.list, card.root);
  }
}
