// The media element, which is the only clock, and what a reviewer does with it: speed, going back, repeating.

import { el } from "./dom.js";

const TICK = 40; // milliseconds between two looks at the clock: 25 a second, as fast as a word can be followed
const PREPARING = 3000; // milliseconds between two looks whether a playable copy is ready
const SLOW = 1500; // milliseconds without a sign of the recording before the person is told
const BACK = 3; // seconds of "again, slower"
const SLOWER = 0.7; // of the usual speed
const TAIL = 0.8; // seconds after a repeated mark
export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

export class Media {
  constructor({ url, video, seconds, onTick, onJump, onRate, onLoop }) {
    Object.assign(this, { url, seconds, onTick, onJump, onRate, onLoop });
    this.node = el(video ? "video" : "audio", { controls: true, preload: "metadata", playsinline: true });
    this.node.preservesPitch = true;
    this.trouble = el("p", { class: "trouble", role: "alert", hidden: true });
    this.speed = 1;
    this.slowUntil = null; // the instant up to which a hard place is played slower
    this.loop = null; // [from, to] that is being repeated
    this.node.addEventListener("error", () => this.#explain());
    this.node.addEventListener("loadedmetadata", () => (this.trouble.hidden = true));
    for (const event of ["play", "pause", "seeking", "seeked", "timeupdate"]) {
      this.node.addEventListener(event, () => this.#follow());
    }
    this.node.addEventListener("seeking", () => this.#jumped());
    this.node.addEventListener("ratechange", () => {
      if (this.slowUntil === null) this.speed = this.node.playbackRate; // chosen in the browser's own menu
      this.onRate(this.speed);
    });
  }

  begin() {
    this.node.src = this.url;
    this.slow = setTimeout(() => !this.node.readyState && this.say("The recording is being fetched …"), SLOW);
  }

  get now() {
    return this.node.currentTime;
  }

  // Seconds that there are to play: as the file says, once it has said.
  get length() {
    return Number.isFinite(this.node.duration) ? Math.min(this.node.duration, this.seconds) : this.seconds;
  }

  get playing() {
    return !this.node.paused;
  }

  seek(at) {
    this.wanted = Math.min(Math.max(0, at), this.seconds);
    this.node.currentTime = this.wanted;
  }

  play(at) {
    if (at !== undefined) this.seek(at);
    if (!this.node.readyState && this.trouble.hidden) this.say("The recording is being fetched …");
    this.node.play().catch(() => {}); // a browser may insist on a click first; the controls are there
  }

  pause() {
    this.node.pause();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  setSpeed(speed) {
    this.speed = Math.min(Math.max(speed, SPEEDS[0]), SPEEDS.at(-1));
    this.slowUntil = null;
    this.node.playbackRate = this.speed;
  }

  faster(steps) {
    const near = SPEEDS.findIndex((speed) => speed >= this.speed);
    this.setSpeed(SPEEDS[Math.min(Math.max(0, near + steps), SPEEDS.length - 1)]);
  }

  // What was hard to understand, once more and slower up to where it was.
  again() {
    this.slowUntil = Math.max(this.now, this.slowUntil ?? 0);
    this.node.playbackRate = SLOWER * this.speed;
    this.play(this.now - BACK);
  }

  repeat(from, to) {
    this.loop = [Math.max(0, from), Math.min(to + TAIL, this.seconds)];
    this.onLoop(true);
    this.play(this.loop[0]);
  }

  endRepeat() {
    if (!this.loop) return;
    this.loop = null;
    this.onLoop(false);
  }

  // Looks at the clock while it runs, and once more when it stops.
  #follow() {
    if (this.timer) return;
    const look = () => {
      const now = this.node.currentTime;
      this.onTick(now, this.playing && !this.node.seeking);
      if (this.slowUntil !== null && now >= this.slowUntil) this.setSpeed(this.speed);
      if (this.loop && this.playing && now >= this.loop[1]) this.seek(this.loop[0]);
      this.timer = this.playing ? setTimeout(look, TICK) : null;
    };
    look();
  }

  #jumped() {
    const now = this.node.currentTime;
    if (this.loop && (now < this.loop[0] - 0.5 || now > this.loop[1] + 0.5)) this.endRepeat();
    if (this.slowUntil !== null && Math.abs(now - this.slowUntil) > 2 * BACK) this.setSpeed(this.speed);
    this.onJump(now);
  }

  async #explain() {
    if (this.looking || this.closed) return;
    this.looking = true;
    const answer = await fetch(this.url, { headers: { range: "bytes=0-0" } }).catch(() => null);
    this.looking = false;
    if (this.closed) return;
    if (answer?.status === 503) this.later = setTimeout(() => this.#explain(), PREPARING);
    if (answer?.ok && !this.reloaded) return this.#reload();
    const told = answer && !answer.ok ? (await answer.json().catch(() => ({}))).error : null;
    this.say(told ?? "This browser could not play the recording.");
  }

  say(text) {
    this.trouble.textContent = text;
    this.trouble.hidden = false;
  }

  // The copy is ready now: go on where the person wanted to be.
  #reload() {
    this.reloaded = true;
    this.node.src = this.url;
    if (this.wanted !== undefined) this.node.currentTime = this.wanted;
  }

  close() {
    this.closed = true;
    for (const timer of [this.timer, this.later, this.slow]) clearTimeout(timer);
    this.node.pause();
    this.node.removeAttribute("src");
    this.node.load();
  }
}
