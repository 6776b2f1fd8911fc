// The player: media, lanes, transcript, marks and notes of one recording. The media element is the only clock.

import { actionsOf } from "./actions.js";
import { fetchPeaks, fetchStandings } from "./fetched.js";
import { KEYS_CHANGED, Keymap, listen } from "./keys.js";
import { followLinks } from "./links.js";
import { KINDS, isAt } from "./moments.js";
import { build, makeParts } from "./parts.js";
import { Place } from "./place.js";
import { rowsOf } from "./rows.js";

const KEEP_SIGNED_IN = 4 * 60 * 1000; // milliseconds; somebody who listens is not idle
const JUDGING = ["verify", "agree", "disagree", "wrong_speaker", "wrong_words", "skip", "undo"];
const TRY_AGAIN = 3000; // milliseconds until words that could not be had are asked for again
const NOTHING = { may: [], casework: {}, tension: [], judges: true };
const players = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  const shown = players.get(root);
  if (shown?.data.recording === component.data.recording) {
    shown.update(component);
  } else {
    shown?.close();
    players.set(root, new Player(component));
  }
  return () => {
    players.get(root)?.close();
    players.delete(root);
  };
}

class Player {
  constructor({ data, parentElement, setTriggerValue }) {
    this.data = { ...NOTHING, ...data };
    this.revision = data.revision; // the one that is shown, or whose words are on their way
    this.tellPage = setTriggerValue;
    this.picked = null;
    this.pickedFrom = 0; // where the recording was when the mark was chosen
    this.said = {}; // by mark: what the officer answered to it
    this.known = new Map(data.flags.map((flag) => [flag.id, flag]));
    this.place = new Place(data);
    this.keymap = new Keymap(data.user);
    makeParts(this);
    this.root = build(this);
    parentElement.append(this.root);
    this.#begin();
  }

  #begin() {
    const { data, media } = this;
    media.begin();
    this.#resume(this.place.was);
    this.#resumeFromElsewhere();
    this.keepAlive = setInterval(() => media.playing && this.#standings(), KEEP_SIGNED_IN);
    this.unlink = followLinks((at) => {
      this.root.scrollIntoView({ block: "start" });
      media.play(at - data.lead_in);
    });
    this.leaving = () => (this.heard.end(), this.place.leave());
    window.addEventListener("pagehide", this.leaving);
    const offered = Object.entries(actionsOf(this)).filter(([id]) => this.offered(id));
    this.unlisten = listen(this.keymap, Object.fromEntries(offered), {
      first: (key) => this.cards.onKey(key) || (this.corrections.may && this.corrections.choice.onKey(key)), modal: () => this.root.querySelector("dialog[open]"),
    });
    this.#rows();
    this.hints();
    this.#fetchWords();
    this.#fetchPeaks();
    this.#standings();
    this.#learnCasework(this.data.casework);
    this.outbox.send();
    this.changed();
  }

  offered(id) {
    if (KINDS.includes(id) || id === "refer" || id === "correct") return this.data.may.includes(id);
    if (id === "question") return this.data.may.includes("answer");
    return this.data.judges || !JUDGING.includes(id);
  }

  // The keys stand beside what they do, as they are now.
  hints() {
    for (const id of JUDGING) this.root.style.setProperty(`--key-${id}`, JSON.stringify(this.keymap.keys(id)[0] ?? ""));
    document.dispatchEvent(new CustomEvent(KEYS_CHANGED));
  }

  update({ data, setTriggerValue }) {
    this.tellPage = setTriggerValue;
    if (data.revision !== this.revision) return this.#revise(data);
    Object.assign(this.data, { casework: data.casework ?? {}, tension: data.tension ?? [] });
    this.#learnCasework(this.data.casework);
    this.#rows();
  }

  #learnCasework({ moments, held, heard, said }) {
    this.moments.learn(moments);
    this.held.textContent = held ?? "";
    this.held.hidden = !held;
    this.said = said ?? {};
    this.cards.say(this.said);
    this.lanes.draw();
    // What was played just before the page was loaded again may still be on its way.
    const waiting = this.outbox.waiting("acts").filter(({ kind }) => kind === "listened").map(({ body }) => [body.start, body.end]);
    this.heard.take([...(heard ?? []), ...waiting]);
  }

  // Another revision of the same recording: its words and marks take the place of those before, and all else stays.
  async #revise(data) {
    const { revision } = data;
    this.revision = revision;
    const here = await this.reading.fetch(revision);
    if (this.closed || this.revision !== revision) return;
    if (!here) return (this.wordsLater = setTimeout(() => this.revision === revision && this.#revise(data), TRY_AGAIN));
    this.data = { ...NOTHING, ...data };
    this.known = new Map(data.flags.map((flag) => [flag.id, flag]));
    this.picked = this.known.get(this.picked?.id) ?? null;
    this.answers.keep(this.known);
    this.cards.show(data.flags);
    this.heard.learn(data.flags);
    this.moments.nameFlags(data.flags);
    this.tabs.count("Marks", data.flags.length);
    this.corrections.arrived();
    this.#showWords();
    this.#learnCasework(this.data.casework);
    this.changed();
    this.verify.learn(data.flags);
    this.#standings();
  }

  // The server has a newer revision than the page: the page is asked for its marks, once.
  newer(revision) {
    if (revision <= (this.askedFor ?? 0)) return;
    this.askedFor = revision;
    this.tellPage("corrected", Date.now());
  }

  // Back to where this person was, unless the address says where to begin.
  #resume(place) {
    this.verify.serious.checked = Boolean(place.serious);
    if (this.data.at != null) return this.media.seek(this.data.at);
    if (this.known.has(place.flag)) this.pick(this.known.get(place.flag));
    this.resume.offer({ ...place, verifying: place.verifying && this.data.judges });
  }

  // The same for whoever was here at another computer since; never under the hands of somebody who has begun.
  async #resumeFromElsewhere() {
    const place = await this.place.elsewhere();
    if (place && !this.closed && !this.media.playing && !this.verify.on) this.#resume(place);
  }

  async #fetchWords() {
    const here = await this.reading.fetch(this.data.revision);
    if (here && !this.closed) this.#showWords(this.data.at ?? -1);
  }

  #showWords(now = this.media.now) {
    this.reading.show(this.data.flags);
    this.transcript.light(now);
    if (this.picked) this.transcript.select(this.picked);
    this.#rows();
  }

  async showFirst(on) {
    if (on) await this.reading.showFirst();
    else this.#showWords();
  }

  async #fetchPeaks() {
    const { peaks, again } = await fetchPeaks(this.data.urls.peaks);
    if (this.closed) return;
    if (again) this.peaksLater = setTimeout(() => this.#fetchPeaks(), 1000 * again);
    if (!peaks) return;
    this.peaks = peaks;
    this.#rows();
  }

  // What all reviewers said up to now; when it cannot be had, the next answer brings it.
  async #standings() {
    const flags = await fetchStandings(this.data.urls.verdicts);
    if (!flags || this.closed) return;
    this.answers.learn(flags);
    this.changed();
  }

  #rows() {
    const { peaks, answers, data, reading } = this;
    this.lanes.show(rowsOf({ peaks, voices: reading.voices, turns: reading.words.turns, flags: data.flags, tension: data.tension,
      seconds: data.seconds, moments: this.moments.all, stands: (id) => answers.standing(id), said: (id) => Boolean(this.said[id]?.length),
      picked: () => this.picked?.id }));
  }

  tick(now, playing) {
    this.transcript.light(now);
    this.lanes.at(now, playing);
    this.heard.tick(now, playing);
    this.place.keep({ at: now });
  }

  playFlag(flag) {
    this.pick(flag);
    if (this.verify.on) this.verify.current = flag;
    this.media.endRepeat();
    this.media.play(flag.start - this.data.lead_in);
  }

  playMoment({ at, flag }) {
    if (this.known.has(flag)) this.pick(this.known.get(flag));
    this.media.play(at - this.data.lead_in);
  }

  pick(flag) {
    const another = this.picked !== flag;
    this.picked = flag;
    this.pickedFrom = this.media.now;
    this.cards.select(flag.id);
    this.transcript.select(flag);
    this.lanes.draw();
    this.place.keep({ flag: flag.id });
    if (another) this.lanes.view.turnTo(flag.start);
  }

  step(by) {
    if (this.verify.on) {
      const next = this.verify.after(this.verify.current, by);
      return next && this.verify.go(next);
    }
    const flags = this.cards.shown;
    const from = flags.indexOf(this.picked);
    const near = flags.findIndex((flag) => flag.start >= this.media.now);
    const first = near < 0 ? (by > 0 ? flags.length : flags.length - 1) : by > 0 ? near : near - 1;
    const next = flags[from < 0 ? first : from + by];
    if (next) this.playFlag(next);
  }

  repeat() {
    if (this.media.loop) return this.media.endRepeat();
    if (this.picked) this.media.repeat(this.picked.start - this.data.lead_in, this.picked.end);
  }

  // The chosen mark while it is listed: a key never judges what a filter hides.
  get seen() {
    return this.cards.shown.includes(this.picked) ? this.picked : null;
  }

  answer(flag, answer, note = "") {
    const given = this.answers.mine(flag.id) === answer;
    if (answer === "agree" && !given && !this.heard.has(flag)) return this.#listenFirst(flag);
    this.pick(flag);
    if (answer === "agree") this.heard.tell(); // what was listened to is kept before the answer that rests on it
    if (!given) this.answers.give(flag, answer, note);
    if (this.verify.on) this.verify.answered(flag);
  }

  // To agree is to confirm what is heard, so it is played; playing that makes it heard anyway goes on.
  #listenFirst(flag) {
    if (this.media.playing && this.heard.willHave(flag)) this.pick(flag);
    else this.playFlag(flag);
    this.cards.listenFirst(flag.id);
  }

  undoLast() {
    const flag = this.answers.given.pop() ?? this.seen;
    if (!flag) return;
    this.answers.undo(flag);
    if (this.verify.on) this.verify.go(flag);
    else this.pick(flag);
  }

  goTo(flag, play) {
    if (!flag) return this.media.pause();
    if (play) this.playFlag(flag);
    else this.pick(flag);
  }

  verifying() {
    this.root?.classList.toggle("verifying", this.verify.on);
    if (this.verify.on) {
      this.tabs.turnTo("Marks");
      this.root.scrollIntoView({ block: "start" }); // one question at a time needs the whole player in sight
    }
    this.place.keep({ verifying: this.verify.on, serious: this.verify.serious.checked });
  }

  // Sends an act; the server decides whether this person may.
  act(kind, { about = "", body }) {
    if (kind === "withdraw" || this.data.may.includes(kind)) this.outbox.add("acts", { kind, about, body });
  }

  // A note is asked for (its kind) or done with (null): it plays on only if it did before.
  momentAsked(kind) {
    if (kind === null) return this.pausedForNote && this.media.play();
    const [flag, { now, playing }] = [this.seen, this.media];
    const meant = flag !== null && !playing && isAt(flag, { now, from: this.pickedFrom, leadIn: this.data.lead_in });
    this.pausedForNote = kind !== "bookmark" && this.media.playing;
    if (this.pausedForNote) this.media.pause();
    return { at: meant ? flag.start : now, flag, meant };
  }

  tellMoments() {
    if (!this.tabs) return;
    this.tabs.count("Notes", this.moments.all.length);
    this.#rows();
  }

  received(name, body, { refused, operations }) {
    if (name === "corrections") {
      if (this.corrections.answered(body, refused, this.data.revision)) this.newer(body.revision);
      return;
    }
    if (name === "verdicts") {
      this.answers.learn(body.flags);
    } else {
      this.moments.refuse(refused);
      if (body.casework) this.#learnCasework(body.casework);
      if (operations.every(({ kind }) => kind === "listened")) return;
    }
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.tellPage("judged", Date.now()), 500); // once for a run of fast answers
  }

  changed() {
    if (!this.root) return;
    this.answers.read();
    for (const id of this.known.keys()) {
      this.cards.tell(id, { answer: this.answers.mine(id), standing: this.answers.standing(id), saved: this.answers.saved(id) });
    }
    this.cards.told();
    this.verify.tell();
    this.moments.waiting(this.outbox.waiting("acts"));
    this.corrections.waiting(this.outbox.waiting("corrections"));
    this.lanes.draw();
    this.saved.tell(this.outbox);
  }

  close() {
    this.closed = true;
    this.leaving();
    window.removeEventListener("pagehide", this.leaving);
    this.unlink();
    for (const timer of [this.telling, this.peaksLater, this.wordsLater]) clearTimeout(timer);
    clearInterval(this.keepAlive);
    this.unlisten();
    this.outbox.close();
    this.lanes.close();
    this.media.close();
    this.root.remove();
  }
}
