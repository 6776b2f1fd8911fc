// The small form under a line of the transcript: what is wrong with the line, or with the voice everywhere.

import { button, clock, el } from "./dom.js";
import { LONGEST_NAME, ROLES, freeName, given, joined, renamed, role, rolesSwapped, split, swapped, textOf } from "./steps.js";

const QUOTED = 60; // letters of a line in its heading

// `turn` is the line's; `known` are {speakers, seconds, voices}. `onMade(corrections)`, `onEdit()` and `onClose()` tell
// what was decided; `onTurn(what)` asks for the other of the two forms.
export function voicePanel({ turn, known, onMade, onClose, onTurn }) {
  const { speakers, seconds, voices } = known;
  const [speaker, names] = [turn.speaker, Object.keys(speakers)];
  const others = names.filter((one) => one !== speaker);
  const roleOf = (one) => speakers[one]?.role ?? "unknown";
  const told = el("p", { class: "trouble", role: "alert", hidden: true });
  const tell = (text) => ((told.textContent = text), (told.hidden = false));

  const who = select("Who it is", ROLES, roleOf(speaker));
  const changeRole = form([who.label], [submit("Change role")], () => {
    if (who.field.value === roleOf(speaker)) return tell("This voice has that role already.");
    onMade(role(speaker, roleOf(speaker), who.field.value, seconds));
  });

  const name = el("input", { type: "text", value: speaker, maxlength: LONGEST_NAME, required: true, autocomplete: "off" });
  const rename = form([el("label", {}, "Name of this voice ", name)], [submit("Rename")], () => {
    const now = name.value.trim();
    if (!now || now === speaker) return tell("Write another name.");
    if (names.includes(now)) return tell("Another voice has this name. If both are one person, say so below.");
    onMade(renamed(speaker, now, seconds));
  });

  const other = select("Other voice", others.map((one) => [one, voices.name(one)]), others[0]);
  const both = others.length ? form([other.label], [
    submit("Swap voices", { class: "main", title: "Each gets all that the other one said" }),
    button("Swap roles only", { onclick: () => onMade(rolesSwapped([speaker, other.field.value].map((one) => [one, roleOf(one)]), seconds)) }),
    button("Same person", { title: "Both are one voice", onclick: () => onMade(renamed(speaker, other.field.value, seconds)) }),
  ], () => onMade(swapped(speaker, other.field.value, names, seconds))) : "";

  return panel(`${voices.name(speaker)}, everywhere in this recording`, onClose, both, changeRole, rename, told,
    el("div", { class: "row" }, button("Only this line …", { class: "quiet-button", onclick: () => onTurn("line") })));
}

// `pieces` are the chosen words as {speaker, words}, one piece for each turn; usually the whole line alone.
export function linePanel({ turn, before, pieces, chosen, at, known, onMade, onEdit, onClose, onTurn }) {
  const { speakers, voices } = known;
  const speaking = new Set(pieces.map(({ speaker }) => speaker));
  const others = Object.keys(speakers).filter((one) => !(speaking.size === 1 && speaking.has(one)));
  const choices = [...others.map((one) => [one, voices.name(one)]), [freeName(Object.keys(speakers)), "a voice not told apart yet"]];

  const whose = select(chosen ? "These words are said by" : "This line is said by", choices, others[0]);
  const give = form([whose.label], [submit("Change", { class: "main" })], () => onMade(given(pieces, whose.field.value)));

  const more = el("div", { class: "row" });
  if (pieces.length === 1) more.append(button("Fix the words", { onclick: onEdit }));
  if (!chosen && before?.speaker === turn.speaker) {
    more.append(button("Join with the line before", { onclick: () => onMade(joined(before, turn)) }));
  }
  more.append(button("This voice everywhere …", { onclick: () => onTurn("voice") }));

  const places = turn.words.map(([text], number) => [number, `${text} (word ${number + 1})`]).slice(1);
  const where = select("New line before", places, Math.max(1, at));
  const cut = places.length && pieces.length === 1 ? form([where.label], [submit("Split")], () => onMade(split(turn, Number(where.field.value)))) : "";

  const words = pieces.reduce((sum, piece) => sum + piece.words.length, 0);
  const quote = textOf(pieces[0].words);
  const heading = chosen ? `${words} chosen ${words === 1 ? "word" : "words"}` : `${clock(turn.start)} ${voices.name(turn.speaker)}`;
  return panel(heading, onClose, el("p", { class: "quiet" }, `“${quote.length > QUOTED ? `${quote.slice(0, QUOTED)} …` : quote}”`), give, more, cut);
}

// The line's words in a field, where they stand.
export function wordsEditor({ turn, first, last, onText, onClose }) {
  const field = el("textarea", { rows: Math.min(8, 1 + Math.ceil(textOf(turn.words).length / 60)), class: "words-field",
    "aria-label": "The words of this line. Enter saves, Escape leaves them as they are" });
  field.value = textOf(turn.words);
  const save = () => onText(field.value);
  const root = el("div", { class: "correct words-editor", role: "dialog", "aria-label": "Fix the words" }, field,
    el("div", { class: "row" }, button("Save", { class: "main", onclick: save }), button("Cancel", { onclick: onClose }),
      el("span", { class: "quiet" }, "Enter saves, Esc leaves")));
  keys(root, onClose, (event) => event.target === field && !event.shiftKey && !event.isComposing && (save(), true));
  root.begin = () => {
    field.focus();
    const from = textOf(turn.words.slice(0, first)).length + (first ? 1 : 0);
    field.setSelectionRange(from, textOf(turn.words.slice(0, last + 1)).length);
  };
  return root;
}

function panel(heading, onClose, ...rows) {
  const close = button("Close", { onclick: onClose });
  const root = el("div", { class: "correct", role: "dialog", "aria-label": `Correct: ${heading}` },
    el("div", { class: "row correct-head" }, el("strong", {}, heading), close), ...rows);
  keys(root, onClose, () => false);
  root.begin = () => root.querySelector("select, input, form button")?.focus();
  return root;
}

// What is typed here is nobody else's: neither the player's keys nor Streamlit's.
function keys(root, onEscape, onEnter) {
  root.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") onEscape();
    else if (event.key !== "Enter" || !onEnter(event)) return;
    event.preventDefault();
  });
}

function form(fields, buttons, onSubmit) {
  return el("form", { class: "row", onsubmit: (event) => {
    event.preventDefault();
    onSubmit();
  } }, ...fields, ...buttons);
}

function submit(text, attributes = {}) {
  return el("button", attributes, text);
}

function select(name, choices, chosen) {
  const field = el("select", {}, ...choices.map(([value, text]) => el("option", { value, selected: String(value) === String(chosen) }, text)));
  return { field, label: el("label", {}, `${name} `, field) };
}
