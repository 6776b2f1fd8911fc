// Where somebody was in a recording, kept in this browser and on the server until they come back, here or elsewhere.

import { kept } from "./dom.js";

const SOON = 1000; // milliseconds until this browser keeps it
const LATER = 10000; // milliseconds until the server does

export class Place {
  constructor({ user, recording, urls }) {
    this.key = `bodycam-review:place:${encodeURIComponent(user)}:${recording}`;
    this.url = urls.place;
    this.was = kept.read(this.key) ?? {};
    this.now = { ...this.was };
    this.asked = false; // nothing is overwritten on the server before it was read
  }

  // Where this person was since then at another computer; null when nowhere.
  async elsewhere() {
    const answer = this.url ? await fetch(this.url).catch(() => null) : null;
    if (!answer?.ok) return null;
    const there = await answer.json().catch(() => ({}));
    this.asked = true;
    return there.when > (this.was.when ?? 0) ? there : null;
  }

  // Takes what has changed: {at, flag, verifying, serious}.
  keep(change) {
    if (Object.entries(change).every(([name, value]) => this.now[name] === value)) return;
    Object.assign(this.now, change, { when: Date.now() });
    this.timer ??= setTimeout(() => this.write(), SOON);
    this.telling ??= setTimeout(() => this.tell(), LATER);
  }

  write() {
    clearTimeout(this.timer);
    this.timer = null;
    kept.write(this.key, this.now);
  }

  tell() {
    if (!this.telling) return;
    clearTimeout(this.telling);
    this.telling = null;
    if (!this.url || !this.asked) return;
    fetch(this.url, { method: "POST", keepalive: true, headers: { "content-type": "application/json" },
      body: JSON.stringify(this.now) }).catch(() => {}); // the next one will do
  }

  leave() {
    this.write();
    this.tell();
  }
}
