// Corrections as the server takes them: small values made from what was chosen. A word is [text, start, end, …].

export const ROLES = [["officer", "Officer who wears the camera"], ["other_officer", "Other officer"], ["civilian", "Civilian"],
  ["radio", "Radio"], ["unknown", "Not known"]];
export const MOST = 50; // corrections in one step
export const LONGEST_NAME = 40; // letters
const HAIR = 0.001; // seconds; a word without length still lies within its own span

// The whole recording; a last word may end a little after it.
const everywhere = (seconds) => ({ start: 0, end: seconds + 1 });
const spanOf = (words) => ({ start: words[0][1], end: Math.max(words.at(-1)[2], words.at(-1)[1] + HAIR) });
export const textOf = (words) => words.map(([text]) => text).join(" ");

// A name that no voice has: S1, S2 and so on.
export function freeName(names) {
  for (let number = 1; ; number += 1) if (!names.includes(`S${number}`)) return `S${number}`;
}

export function role(speaker, was, now, seconds) {
  return [{ kind: "role", speaker, was, now, ...everywhere(seconds) }];
}

// Everything that a voice says gets another name, also that of a voice that is there already.
export function renamed(speaker, now, seconds) {
  return [{ kind: "speaker", speaker, was: speaker, now, ...everywhere(seconds) }];
}

// Two voices change places with all that they say, by way of a name that nobody has.
export function swapped(one, other, names, seconds) {
  const aside = freeName(names);
  return [[one, aside], [other, one], [aside, other]].flatMap(([was, now]) => renamed(was, now, seconds));
}

// `roles` are [speaker, role] of two voices, which keep their words and change who they are.
export function rolesSwapped([[one, first], [other, second]], seconds) {
  return [...role(one, first, second, seconds), ...role(other, second, first, seconds)];
}

// `pieces` are {speaker, words}, each of one turn; those that are `now`'s already are left.
export function given(pieces, now) {
  return pieces.filter(({ speaker }) => speaker !== now)
    .map(({ speaker, words }) => ({ kind: "speaker", speaker, was: speaker, now, ...spanOf(words) }));
}

// Turns `turn` into two, the second beginning with the word of this number.
export function split({ speaker, words }, number) {
  return [{ kind: "boundary", speaker, was: "", now: "split", ...spanOf(words.slice(number)) }];
}

export function joined(before, { speaker, words }) {
  return [{ kind: "boundary", speaker, was: "", now: "merged", ...spanOf([...before.words, ...words]) }];
}

// What led to this revision is taken back; the words before it hold again.
export function undoing(revision) {
  return [{ kind: "undo", speaker: "", was: String(revision), now: String(revision - 1) }];
}

// The turn with `text` for its words. Only what differs is sent: all other words keep their times.
export function reworded({ speaker, words }, text) {
  const now = text.split(/\s+/).filter(Boolean);
  const was = words.map(([one]) => one);
  let [first, last, end] = [0, was.length, now.length];
  while (first < Math.min(last, end) && was[first] === now[first]) first += 1;
  while (last > first && end > first && was[last - 1] === now[end - 1]) [last, end] = [last - 1, end - 1];
  if (first === last && first === end) return [];
  // Words that were left out are told together with a neighbour, whose time they share.
  if (first === last) [first, last, end] = last < was.length ? [first, last + 1, end + 1] : [first - 1, last, end];
  const old = words.slice(first, last);
  return [{ kind: "text", speaker, was: textOf(old), now: now.slice(first, end).join(" "), ...spanOf(old) }];
}
