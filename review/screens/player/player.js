// The player: media, lane, transcript and marks of one recording. The media element is the only clock.

import { Cards } from "./cards.js";
import { el } from "./dom.js";
import { listen, SHORTCUTS } from "./keys.js";
import { Lane } from "./lane.js";
import { Outbox } from "./outbox.js";
import { Transcript } from "./transcript.js";

const TICK = 40; // milliseconds between two looks at the clock: 25 a second, as fast as a word can be followed
const STEP = 5; // seconds of j and l
const PREPARING = 3000; // milliseconds between two looks whether a playable copy is ready
const SLOW = 1500; // milliseconds without a sign of the recording before the person is told
const KEEP_SIGNED_IN = 4 * 60 * 1000; // milliseconds; somebody who listens is not idle
const players = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  const shown = players.get(root);
  const same = shown?.data.recording === component.data.recording && shown?.data.revision === component.data.revision;
  if (same) {
    shown.tellPage = component.setTriggerValue;
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
    this.data = data;
    this.tellPage = setTriggerValue;
    this.stands = {};
    this.answered = []; // flags in the order answered here, for z
    this.picked = null;
    this.known = new Map(data.flags.map((flag) => [flag.id, flag]));
    const [onSeek, onFlag] = [(at) => this.play(at), (id) => this.pick(this.known.get(id), { reveal: true })];
    this.transcript = new Transcript({ onSeek, onFlag });
    this.lane = new Lane({ seconds: data.seconds, flags: data.flags, onSeek, onFlag: (id) => this.playFlag(this.known.get(id)) });
    this.cards = new Cards({
      flags: data.flags,
      onPlay: (flag) => this.playFlag(flag),
      onAnswer: (flag, answer) => this.answer(flag, answer),
      onUndo: (flag) => this.undo(flag),
      onPick: (flag) => this.pick(flag),
    });
    this.outbox = new Outbox({
      url: data.urls.verdicts, user: data.user, recording: data.recording,
      onChange: () => this.tell(), onFlags: (stands) => this.learn(stands),
    });
    this.root = this.#build();
    parentElement.append(this.root);
    this.#begin();
  }

  #build() {
    const { data } = this;
    this.media = el(data.video ? "video" : "audio", { controls: true, preload: "metadata", playsinline: true });
    this.trouble = el("p", { class: "trouble", role: "alert", hidden: true });
    this.saved = el("span", { class: "saved", role: "status" });
    this.help = el("div", { class: "help", hidden: true },
      el("dl", {}, ...SHORTCUTS.flatMap(([keys, what]) => [el("dt", {}, keys), el("dd", {}, what)])));
    this.helpButton = el("button", { type: "button", "aria-expanded": "false", onclick: () => this.toggleHelp() }, "Keys (?)");
    const follow = el("input", { type: "checkbox", checked: true,
      onchange: (event) => (this.transcript.follow = event.target.checked) });
    const key = el("div", { class: "key" }, "Dotted: doubtful word. Italic: somebody else talks, too. Hatched: the machine is unsure.");
    const left = el("div", { class: "left" }, this.media, this.trouble, this.lane.root,
      el("div", { class: "bar" }, el("label", {}, follow, " Follow while playing"), key), this.transcript.pane);
    const right = el("div", { class: "right" }, el("div", { class: "bar" }, this.saved, this.helpButton), this.help,
      this.cards.root);
    return el("section", { class: "player", "aria-label": "Player" }, el("div", { class: "columns" }, left, right));
  }

  #begin() {
    const { data, media } = this;
    media.addEventListener("error", () => this.#explain());
    media.addEventListener("loadedmetadata", () => (this.trouble.hidden = true));
    for (const event of ["play", "seeking", "seeked", "timeupdate"]) media.addEventListener(event, () => this.#follow());
    media.src = data.urls.media;
    this.slow = setTimeout(() => !media.readyState && this.#say("The recording is being fetched …"), SLOW);
    if (data.at != null) this.seek(data.at);
    this.guard = (event) => this.outbox.waiting.length && event.preventDefault();
    window.addEventListener("beforeunload", this.guard);
    this.keepAlive = setInterval(() => !media.paused && this.#standings(), KEEP_SIGNED_IN);
    // The page's own links to moments carry their time; here they need not open the page anew.
    this.follow = (event) => {
      const link = event.target instanceof Element && event.target.closest("a[data-at]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
      event.preventDefault();
      this.media.closest(".player").scrollIntoView({ block: "start" });
      this.play(Number(link.dataset.at) - this.data.lead_in);
    };
    document.addEventListener("click", this.follow);
    this.unlisten = listen({
      k: () => (media.paused ? this.play() : media.pause()),
      j: () => this.seek(media.currentTime - STEP),
      l: () => this.seek(media.currentTime + STEP),
      n: () => this.step(1),
      p: () => this.step(-1),
      a: () => this.seen && this.answer(this.seen, "agree"),
      d: () => this.seen && this.answer(this.seen, "disagree"),
      z: () => this.undoLast(),
      "?": () => this.toggleHelp(),
    });
    this.#read();
    this.#standings();
    this.tell();
    this.outbox.send();
  }

  async #read() {
    try {
      const answer = await fetch(this.data.urls.transcript);
      const body = await answer.json();
      if (!answer.ok) return this.transcript.say(body.error);
      if (body.revision !== this.data.revision) return this.transcript.say("This recording was corrected; load the page again.");
      this.transcript.show(body, { wordSure: this.data.word_sure });
      this.transcript.mark(this.data.flags);
      this.transcript.light(this.data.at ?? -1);
    } catch {
      this.transcript.say("The transcript could not be fetched. Is the program still running? Load the page again.");
    }
  }

  async #standings() {
    try {
      const answer = await fetch(this.data.urls.verdicts);
      if (answer.ok) this.learn((await answer.json()).flags, { tellPage: false });
    } catch {
      // The next answer brings them.
    }
  }

  async #explain() {
    if (this.looking) return;
    this.looking = true;
    const answer = await fetch(this.data.urls.media, { headers: { range: "bytes=0-0" } }).catch(() => null);
    this.looking = false;
    if (answer?.status === 503) this.again = setTimeout(() => this.#explain(), PREPARING);
    if (answer?.ok && !this.reloaded) return this.#reload();
    const told = answer && !answer.ok ? (await answer.json().catch(() => ({}))).error : null;
    this.#say(told ?? "This browser could not play the recording.");
  }

  #say(text) {
    this.trouble.textContent = text;
    this.trouble.hidden = false;
  }

  // The copy is ready now: go on where the person wanted to be.
  #reload() {
    this.reloaded = true;
    this.media.src = this.data.urls.media;
    if (this.wanted !== undefined) this.media.currentTime = this.wanted;
  }

  // Looks at the clock while it runs, and once more when it stops.
  #follow() {
    if (this.timer) return;
    const look = () => {
      this.transcript.light(this.media.currentTime);
      this.lane.at(this.media.currentTime);
      this.timer = this.media.paused ? null : setTimeout(look, TICK);
    };
    look();
  }

  seek(at) {
    this.wanted = Math.min(Math.max(0, at), this.data.seconds);
    this.media.currentTime = this.wanted;
  }

  play(at) {
    if (at !== undefined) this.seek(at);
    if (!this.media.readyState && this.trouble.hidden) this.#say("The recording is being fetched …");
    this.media.play().catch(() => {}); // a browser may insist on a click first; the controls are there
  }

  playFlag(flag) {
    this.pick(flag);
    this.play(flag.start - this.data.lead_in);
  }

  pick(flag) {
    this.picked = flag;
    this.cards.select(flag.id);
    this.lane.select(flag.id);
    this.transcript.select(flag);
  }

  step(by) {
    const flags = this.cards.shown;
    const from = flags.indexOf(this.picked);
    const near = flags.findIndex((flag) => flag.start >= this.media.currentTime);
    const first = near < 0 ? (by > 0 ? flags.length : flags.length - 1) : by > 0 ? near : near - 1;
    const next = flags[from < 0 ? first : from + by];
    if (next) this.playFlag(next);
  }

  answer(flag, answer) {
    this.pick(flag);
    if (this.mine(flag.id) === answer) return;
    this.answered.push(flag);
    this.outbox.add(flag.id, answer);
  }

  // The chosen mark while it is listed: a key never judges what a filter hides.
  get seen() {
    return this.cards.shown.includes(this.picked) ? this.picked : null;
  }

  undo(flag) {
    if (this.mine(flag.id)) this.outbox.add(flag.id, "undo");
  }

  undoLast() {
    const flag = this.answered.pop() ?? this.seen;
    if (!flag) return;
    this.pick(flag);
    this.undo(flag);
  }

  // This reviewer's answers to a flag, oldest first: the saved one and those on their way.
  mine(id) {
    const said = this.stands[id]?.mine ? [this.stands[id].mine] : [];
    for (const { flag, answer } of this.outbox.waiting) {
      if (flag !== id) continue;
      if (answer === "undo") said.pop();
      else said.push(answer);
    }
    return said.at(-1) ?? "";
  }

  learn(stands, { tellPage = true } = {}) {
    this.stands = stands;
    this.tell();
    if (!tellPage) return;
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.tellPage("judged", Date.now()), 500); // once for a run of fast answers
  }

  tell() {
    const waiting = this.outbox.waiting;
    const unsaved = new Set(waiting.map(({ flag }) => flag));
    for (const id of this.known.keys()) {
      const standing = this.stands[id]?.standing ?? "unverified";
      this.cards.tell(id, { answer: this.mine(id), standing, saved: !unsaved.has(id) });
    }
    const { problem } = this.outbox;
    this.saved.replaceChildren(waiting.length ? `${waiting.length} unsaved` : "All answers saved");
    if (problem === "signed out") {
      const again = el("a", { href: "/sign-in", target: "_blank" }, "sign in again");
      this.saved.append(". You are signed out: ", again, " to save.");
    } else if (problem) {
      this.saved.append(`. ${problem}`);
    }
    this.saved.classList.toggle("waiting", waiting.length > 0 || problem !== "");
  }

  toggleHelp() {
    this.help.hidden = !this.help.hidden;
    this.helpButton.setAttribute("aria-expanded", String(!this.help.hidden));
  }

  close() {
    clearTimeout(this.timer);
    clearTimeout(this.again);
    clearTimeout(this.slow);
    clearTimeout(this.telling);
    clearInterval(this.keepAlive);
    window.removeEventListener("beforeunload", this.guard);
    this.unlisten();
    document.removeEventListener("click", this.follow);
    this.outbox.close();
    this.lane.close();
    this.media.pause();
    this.media.removeAttribute("src");
    this.media.load();
    this.root.remove();
  }
}
