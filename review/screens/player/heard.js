// What this person has really played, here or on an earlier day: a mark whose stretch was not heard says so on its card.

const BREAK = 5; // seconds between two looks at the clock; more was no playing (a hidden window looks once a second)
const CLOSE = 0.2; // seconds of a mark's edges that may be missing
const WORTH_TELLING = 1; // seconds
const TELL_AFTER = 30; // seconds of playing on, so that little is untold when a window is closed

export class Heard {
  // `onStretch(from, to)` tells of every stretch that was played, `onFlag(id)` once of each mark that was heard;
  // `length()` is how much there is to play, since a last word may end a little after the sound.
  constructor({ flags, length, onFlag, onStretch }) {
    Object.assign(this, { flags, length, onFlag, onStretch });
    this.left = [...flags];
    this.spans = []; // [from, to], apart and in order
    this.from = this.last = null;
    this.told = 0;
    this.found = false; // the stretch that is not told yet made a mark heard
  }

  has(flag) {
    return !this.left.includes(flag);
  }

  // Whether playing on from here makes this mark heard.
  willHave(flag) {
    return this.from !== null && this.last < flag.end && this.#covers([...this.spans, [this.from, flag.end]], flag);
  }

  // Takes stretches that were played before, as the server has kept them.
  take(spans) {
    this.spans = joined([...this.spans, ...spans]);
    this.learn(this.flags);
  }

  // Takes other marks; what was played stays played.
  learn(flags) {
    this.flags = flags;
    const spans = this.from === null ? this.spans : joined([...this.spans, [this.from, this.last]]);
    this.left = flags.filter((flag) => !this.#covers(spans, flag));
    for (const flag of flags) if (!this.left.includes(flag)) this.onFlag(flag.id);
  }

  tick(now, playing) {
    if (!playing) return this.end();
    if (this.from === null || now < this.last || now - this.last > BREAK) this.#begin(now);
    this.last = now;
    const spans = joined([...this.spans, [this.from, now]]);
    const heard = this.left.filter((flag) => flag.start <= now && this.#covers(spans, flag));
    if (heard.length) this.left = this.left.filter((flag) => !heard.includes(flag));
    this.found ||= heard.length > 0;
    for (const { id } of heard) this.onFlag(id);
    if (now - this.told > TELL_AFTER) this.tell();
  }

  #begin(now) {
    this.end();
    this.from = this.told = this.last = now;
    this.found = false;
  }

  // A jump or a pause: what was played up to here is a stretch.
  end() {
    if (this.from === null) return;
    this.tell();
    this.spans = joined([...this.spans, [this.from, this.last]]);
    this.from = null;
  }

  // Tells what was played up to here; less than a moment only when it made a mark heard.
  tell() {
    if (this.from === null) return;
    const played = this.last - this.told;
    if (played >= WORTH_TELLING || (this.found && played > 0)) this.onStretch(this.told, this.last);
    else if (played > 0) return;
    this.told = this.last;
    this.found = false;
  }

  #covers(spans, { start, end }) {
    const last = this.length() - CLOSE;
    const [from, to] = [Math.min(start + CLOSE, last), Math.min(Math.max(end - CLOSE, start + CLOSE), last)];
    return joined(spans).some(([a, b]) => a <= from && b >= to);
  }
}

// Stretches in order, those that touch made one.
export function joined(spans) {
  const out = [];
  for (const [from, to] of [...spans].sort((a, b) => a[0] - b[0])) {
    const before = out.at(-1);
    if (before && from <= before[1] + 0.3) before[1] = Math.max(before[1], to);
    else out.push([from, to]);
  }
  return out;
}
