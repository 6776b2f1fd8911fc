// The player: media, lanes, transcript, marks and notes of one recording. The media element is the only clock.

import { actionsOf } from "./actions.js";
import { Answers } from "./answers.js";
import { Cards } from "./cards.js";
import { button, clock, el } from "./dom.js";
import { fetchPeaks, fetchStandings, fetchWords } from "./fetched.js";
import { Heard } from "./heard.js";
import { Help } from "./help.js";
import { Keymap, listen } from "./keys.js";
import { Lanes } from "./lanes.js";
import { followLinks } from "./links.js";
import { Media } from "./media.js";
import { KINDS, Moments } from "./moments.js";
import { Outbox } from "./outbox.js";
import { Place } from "./place.js";
import { Refer } from "./refer.js";
import { rowsOf } from "./rows.js";
import { Saved } from "./saved.js";
import { Search } from "./search.js";
import { Voices } from "./speakers.js";
import { Tabs } from "./tabs.js";
import { Toolbar } from "./toolbar.js";
import { Transcript } from "./transcript.js";
import { Verify } from "./verify.js";

const WORTH_RESUMING = 5; // seconds into a recording
const KEEP_SIGNED_IN = 4 * 60 * 1000; // milliseconds; somebody who listens is not idle
const JUDGING = ["verify", "agree", "disagree", "wrong_speaker", "wrong_words", "skip", "undo"];
const players = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  const shown = players.get(root);
  const same = shown?.data.recording === component.data.recording && shown?.data.revision === component.data.revision;
  if (same) {
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
    this.data = { may: [], casework: {}, tension: [], judges: true, ...data };
    this.tellPage = setTriggerValue;
    this.picked = null;
    this.known = new Map(data.flags.map((flag) => [flag.id, flag]));
    this.place = new Place(data);
    this.keymap = new Keymap(data.user);
    this.voices = new Voices();
    this.#makeParts();
    this.root = this.#build();
    parentElement.append(this.root);
    this.#begin();
  }

  #makeParts() {
    const { data } = this;
    const [onSeek, onFlag] = [(at) => this.media.play(at), (flag) => this.playFlag(flag)];
    this.media = new Media({
      url: data.urls.media, video: data.video, seconds: data.seconds,
      onTick: (now, playing) => this.#tick(now, playing), onJump: () => this.heard.end(),
      onRate: (speed) => this.tools.tellSpeed(speed), onLoop: (on) => this.tools.tellRepeat(on),
    });
    this.outbox = new Outbox({ urls: data.urls, user: data.user, recording: data.recording,
      onChange: () => this.#changed(), onSaved: (name, body, sent) => this.#saved(name, body, sent) });
    this.answers = new Answers(this.outbox);
    this.transcript = new Transcript({ onSeek, onFlag: (id) => this.pick(this.known.get(id)) });
    this.search = new Search({ onShow: (first, last) => this.transcript.goTo(first, last), onMarks: (places) => this.transcript.find(places) });
    this.cards = new Cards({ flags: data.flags, judges: this.data.judges, onPlay: onFlag, onPick: (flag) => this.pick(flag),
      onAnswer: (flag, answer, note) => this.answer(flag, answer, note), onUndo: (flag) => this.answers.undo(flag),
      onFilter: () => this.verify?.tell() });
    this.verify = new Verify({ flags: data.flags, scope: () => this.cards.inScope, answers: this.answers,
      onGo: (flag, play) => this.#goTo(flag, play), onChange: () => this.#verifying() });
    this.heard = new Heard({ flags: data.flags, onFlag: (id) => this.cards.heard(id),
      onStretch: (start, end) => this.act("listened", { body: { start, end } }) });
    this.lanes = new Lanes({ seconds: data.seconds, onSeek, onFlag, onMoment: (moment) => this.playMoment(moment) });
    this.moments = new Moments({ may: this.data.may, flags: data.flags, onAct: ({ kind, ...rest }) => this.act(kind, rest),
      onPlay: (moment) => this.playMoment(moment), onForm: (kind) => this.#momentAsked(kind), onChange: () => this.#tellMoments() });
    this.refer = new Refer({ onRefer: (why) => this.act("refer", { body: { why } }) });
    this.help = new Help({ keymap: this.keymap, offered: (id) => this.#offered(id), onChange: () => this.#hints() });
    this.tools = new Toolbar({ media: this.media, zoom: this.lanes.controls, moments: this.moments.buttons, may: this.data.may,
      onRepeat: () => this.repeat(), onRefer: () => this.refer.ask(), onHelp: () => this.help.toggle() });
  }

  #build() {
    this.saved = new Saved();
    this.follow = el("input", { type: "checkbox", checked: true, onchange: () => (this.transcript.follow = this.follow.checked) });
    this.resumed = el("p", { class: "notice", hidden: true });
    this.held = el("p", { class: "notice grave", role: "status", hidden: true }, "This recording is held for internal affairs.");
    const legend = el("div", { class: "legend" }, "Dotted: doubtful word. Italic: somebody else talks, too. Hatched: the machine is unsure.");
    const reading = el("div", { class: "bar" }, this.search.root, el("label", {}, this.follow, " Follow while playing"));
    const left = el("div", { class: "left" }, reading, this.transcript.pane, legend);
    const judging = el("div", { class: "bar" }, this.saved.root, ...(this.data.judges ? [this.verify.toggleButton] : []));
    this.tabs = new Tabs([["Marks", this.cards.root], ["Notes", this.moments.list]]);
    this.tabs.count("Marks", this.data.flags.length);
    const right = el("div", { class: "right" }, this.media.node, this.media.trouble, this.held, this.resumed, this.moments.form, judging,
      this.verify.root, this.tabs.root, this.cards.root, this.moments.list);
    return el("section", { class: "player", "aria-label": "Player" }, this.lanes.root, this.tools.root,
      el("div", { class: "columns" }, left, right), this.help.root, this.refer.root);
  }

  #begin() {
    const { data, media } = this;
    media.begin();
    this.#resume();
    this.keepAlive = setInterval(() => media.playing && this.#standings(), KEEP_SIGNED_IN);
    this.unlink = followLinks((at) => {
      this.root.scrollIntoView({ block: "start" });
      media.play(at - data.lead_in);
    });
    this.leaving = () => (this.heard.end(), this.place.write());
    window.addEventListener("pagehide", this.leaving);
    const offered = Object.entries(actionsOf(this)).filter(([id]) => this.#offered(id));
    this.unlisten = listen(this.keymap, Object.fromEntries(offered), {
      first: (key) => this.cards.onKey(key), modal: () => this.root.querySelector("dialog[open]"),
    });
    this.#rows();
    this.#hints();
    this.#fetchWords();
    this.#fetchPeaks();
    this.#standings();
    this.#learnCasework(this.data.casework);
    this.outbox.send();
    this.#changed();
  }

  #offered(id) {
    if (KINDS.includes(id) || id === "refer") return this.data.may.includes(id);
    return this.data.judges || !JUDGING.includes(id);
  }

  // The keys stand beside what they do, as they are now.
  #hints() {
    for (const id of JUDGING) this.root.style.setProperty(`--key-${id}`, JSON.stringify(this.keymap.keys(id)[0] ?? ""));
  }

  update({ data, setTriggerValue }) {
    this.tellPage = setTriggerValue;
    Object.assign(this.data, { casework: data.casework ?? {}, tension: data.tension ?? [] });
    this.#learnCasework(this.data.casework);
    this.#rows();
  }

  #learnCasework({ moments, held }) {
    this.moments.learn(moments);
    this.held.hidden = !held;
  }

  // Back to where this person was, unless the address says where to begin.
  #resume() {
    const { at, flag, verifying, serious } = this.place.was;
    this.verify.serious.checked = Boolean(serious);
    if (this.data.at != null) return this.media.seek(this.data.at);
    if (flag && this.known.has(flag)) this.pick(this.known.get(flag));
    if (!(at > WORTH_RESUMING)) return;
    this.media.seek(at);
    const again = button("From the beginning", { onclick: () => (this.media.seek(0), (this.resumed.hidden = true)) });
    const goOn = verifying && this.data.judges ? button("Go on verifying", { class: "main", onclick: () => {
      this.resumed.hidden = true;
      this.verify.start({ from: flag });
    } }) : "";
    this.resumed.replaceChildren(`You were here before, at ${clock(at)}. `, goOn, again);
    this.resumed.hidden = false;
  }

  async #fetchWords() {
    const { words, problem } = await fetchWords(this.data.urls.transcript, this.data.revision);
    if (this.closed) return;
    if (problem) return this.transcript.say(problem);
    this.voices = new Voices(words.speakers, words.turns);
    this.transcript.show(words, { voices: this.voices, wordSure: this.data.word_sure });
    this.transcript.mark(this.data.flags);
    this.transcript.light(this.data.at ?? -1);
    this.search.read(words.turns.flatMap((turn) => turn.words.map(([text]) => text)));
    if (this.picked) this.transcript.select(this.picked);
    this.#rows();
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
    this.#changed();
  }

  #rows() {
    const { peaks, voices, answers, data } = this;
    this.lanes.show(rowsOf({ peaks, voices, turns: this.transcript.turns, flags: data.flags, tension: data.tension,
      seconds: data.seconds, moments: this.moments.all, stands: (id) => answers.standing(id), picked: () => this.picked?.id }));
  }

  #tick(now, playing) {
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
    this.pick(flag);
    if (this.answers.mine(flag.id) !== answer) this.answers.give(flag, answer, note);
    if (this.verify.on) this.verify.answered(flag);
  }

  undoLast() {
    const flag = this.answers.given.pop() ?? this.seen;
    if (!flag) return;
    this.answers.undo(flag);
    if (this.verify.on) this.verify.go(flag);
    else this.pick(flag);
  }

  #goTo(flag, play) {
    if (!flag) return this.media.pause();
    if (play) this.playFlag(flag);
    else this.pick(flag);
  }

  #verifying() {
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
  #momentAsked(kind) {
    if (kind === null) return this.pausedForNote && this.media.play();
    this.pausedForNote = kind !== "bookmark" && this.media.playing;
    if (this.pausedForNote) this.media.pause();
    return { at: this.media.now, flag: this.picked };
  }

  #tellMoments() {
    if (!this.tabs) return;
    this.tabs.count("Notes", this.moments.all.length);
    this.#rows();
  }

  #saved(name, body, { refused, operations }) {
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

  #changed() {
    if (!this.root) return;
    this.answers.read();
    for (const id of this.known.keys()) {
      this.cards.tell(id, { answer: this.answers.mine(id), standing: this.answers.standing(id), saved: this.answers.saved(id) });
    }
    this.cards.told();
    this.verify.tell();
    this.moments.waiting(this.outbox.waiting("acts"));
    this.lanes.draw();
    this.saved.tell(this.outbox);
  }

  close() {
    this.closed = true;
    this.leaving();
    window.removeEventListener("pagehide", this.leaving);
    this.unlink();
    for (const timer of [this.telling, this.peaksLater]) clearTimeout(timer);
    clearInterval(this.keepAlive);
    this.unlisten();
    this.outbox.close();
    this.lanes.close();
    this.media.close();
    this.root.remove();
  }
}
