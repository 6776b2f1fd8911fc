// What this reviewer has said of each mark, saved or still on its way, and what all reviewers together say.

export class Answers {
  constructor(outbox) {
    this.outbox = outbox;
    this.stands = {};
    this.given = []; // marks in the order in which they were answered here, for the undo key
    this.pending = new Map();
  }

  // Marks that are gone cannot be taken back by a key.
  keep(known) {
    this.given = this.given.map(({ id }) => known.get(id)).filter(Boolean);
  }

  learn(stands) {
    this.stands = stands;
  }

  // Groups what is on its way; to be called whenever the outbox has changed.
  read() {
    this.pending = new Map();
    for (const { flag, answer } of this.outbox.waiting("verdicts")) {
      this.pending.set(flag, [...(this.pending.get(flag) ?? []), answer]);
    }
  }

  // This reviewer's answer that holds, "" for none.
  mine(id) {
    const said = this.stands[id]?.mine ? [this.stands[id].mine] : [];
    for (const answer of this.pending.get(id) ?? []) {
      if (answer === "undo") said.pop();
      else said.push(answer);
    }
    return said.at(-1) ?? "";
  }

  standing(id) {
    return this.stands[id]?.standing ?? "unverified";
  }

  saved(id) {
    return !this.pending.has(id);
  }

  give(flag, answer, note = "") {
    this.given.push(flag);
    this.outbox.add("verdicts", note ? { flag: flag.id, answer, note } : { flag: flag.id, answer });
  }

  undo(flag) {
    if (this.mine(flag.id)) this.outbox.add("verdicts", { flag: flag.id, answer: "undo" });
  }
}
