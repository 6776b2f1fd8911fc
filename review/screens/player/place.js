// Where somebody was in a recording, kept in this browser until they come back.

import { kept } from "./dom.js";

export class Place {
  constructor({ user, recording }) {
    this.key = `bodycam-review:place:${encodeURIComponent(user)}:${recording}`;
    this.was = kept.read(this.key) ?? {};
    this.now = { ...this.was };
  }

  // Takes what has changed: {at, flag, verifying, serious}.
  keep(change) {
    Object.assign(this.now, change);
    this.timer ??= setTimeout(() => this.write(), 1000);
  }

  write() {
    clearTimeout(this.timer);
    this.timer = null;
    kept.write(this.key, this.now);
  }
}
