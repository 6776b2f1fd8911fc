// Which lines people have put right: what the machine had there, who changed it and when; and all of it, step by step.

import { button, el } from "./dom.js";
import { ROLES } from "./steps.js";

const EDGE = 0.01; // seconds
const ROLE = Object.fromEntries(ROLES.map(([role, name]) => [role, name.toLowerCase()]));

// For each turn the notes about it, without what was taken back. A note follows its voice when that gets another name later.
export function notesOf(made, turns, seconds) {
  const corrections = made.filter(({ kind, holds }) => kind !== "undo" && holds !== false);
  let notes = []; // {speaker, span or null for everywhere, text}
  for (let number = 0; number < corrections.length; number += 1) {
    const one = corrections[number];
    const pair = swapOf(corrections, number);
    if (pair) {
      const [a, b] = pair;
      const other = { [a]: b, [b]: a };
      notes = notes.map((note) => ({ ...note, speaker: other[note.speaker] ?? note.speaker }));
      for (const speaker of pair) notes.push({ speaker, span: null, text: `${by(one)} ${swap(a, b)}` });
      number += 2;
      continue;
    }
    const everywhere = isEverywhere(one, seconds);
    const span = everywhere ? null : [one.start, one.end];
    if (one.kind === "speaker") {
      const goes = (note) => note.speaker === one.speaker && (!span || (note.span && note.span[0] >= span[0] - EDGE && note.span[1] <= span[1] + EDGE));
      notes = notes.map((note) => (goes(note) ? { ...note, speaker: one.now } : note));
    }
    notes.push({ speaker: one.kind === "speaker" ? one.now : one.speaker, span: one.kind === "role" ? null : span, text: `${by(one)} ${told(one, everywhere)}` });
  }
  return turns.map((turn) => notes.filter((note) => note.speaker === turn.speaker && within(turn, note.span)).map(({ text }) => text));
}

// A quiet sign in the head of a line; pressed, it tells what was changed.
export function sign(notes) {
  const about = el("ul", { class: "mended-notes", hidden: true }, ...notes.map((text) => el("li", {}, text)));
  const mark = button("✎", { class: "mended", "aria-label": "Corrected: what was changed", "aria-expanded": "false", title: notes.join("\n"), onclick: () => {
    about.hidden = !about.hidden;
    mark.setAttribute("aria-expanded", String(!about.hidden));
  } });
  return [mark, about];
}

// Every step in the order in which it was made: {revision, text, holds}.
export function stepsOf(corrections, seconds) {
  return [...new Set(corrections.map(({ revision }) => revision))].map((revision) => {
    const made = corrections.filter((one) => one.revision === revision);
    const pair = swapOf(made, 0);
    const texts = made.slice(pair ? 3 : 0).map((one) => told(one, isEverywhere(one, seconds)));
    if (pair) texts.unshift(swap(...pair));
    return { revision, holds: made[0].holds !== false, text: `${by(made[0])} ${[...new Set(texts)].join("; ")}` };
  });
}

const isEverywhere = ({ start, end }, seconds) => start <= EDGE && end >= seconds - EDGE;
const swap = (a, b) => `swapped the voices ${a} and ${b}`;

function by({ by: who, at }) {
  const when = new Date(at);
  return `${who}, ${Number.isNaN(when.getTime()) ? at : when.toLocaleString([], { dateStyle: "medium", timeStyle: "short" })}:`;
}

function told(one, everywhere) {
  const { kind, speaker, was, now } = one;
  if (kind === "undo") return `took back what was put right in revision ${was}`;
  if (kind === "role") return `${speaker} is ${ROLE[now] ?? now}; it was ${ROLE[was] ?? was}`;
  if (kind === "text") return was ? `words put right; they were “${was}”` : "words put right";
  if (kind === "boundary") return now === "split" ? "made two lines of one" : "made one line of two";
  return everywhere ? `the voice ${speaker} is called ${now}` : `said by ${now}, not by ${speaker}`;
}

// Two voices that change places are three corrections of one step, by way of a name that is gone again.
function swapOf(corrections, at) {
  const three = corrections.slice(at, at + 3);
  if (three.length < 3 || three.some(({ kind, by: who, at: when }) => kind !== "speaker" || who !== three[0].by || when !== three[0].at)) return null;
  const [first, second, third] = three;
  const around = first.now === third.speaker && second.now === first.speaker && third.now === second.speaker;
  return around ? [first.speaker, second.speaker] : null;
}

function within({ words }, span) {
  return !span || words.some(([, from, to]) => (from + to) / 2 >= span[0] - EDGE && (from + to) / 2 <= span[1] + EDGE);
}
