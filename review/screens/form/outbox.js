// What people did, on its way to the server: kept in this browser until the server says that it is committed.
//
// Each act has an entry of its own in localStorage, so that two windows never overwrite each other's. One person's acts
// on one recording are sent in their order; a recording that the server refuses does not hold up the others.

const FIRST_WAIT = 1000; // milliseconds before the first retry; doubled up to LONGEST_WAIT
const LONGEST_WAIT = 15000;
const PATIENCE = 30000; // milliseconds for one answer, then the acts are sent again
const AT_ONCE = 50; // acts in one request
const PREFIX = "bodycam-review:casework:";
const open = new Set();

// Leaving is guarded as long as anything is unsaved.
window.addEventListener("beforeunload", (event) => {
  if ([...open].some((outbox) => outbox.decisions.length)) event.preventDefault();
});

export class Outbox {
  // `onChange()` after each change of what waits; `onSaved({recording, refused, operations})` when the server answered.
  constructor({ user, onChange = () => {}, onSaved = () => {} }) {
    Object.assign(this, { user, onChange, onSaved });
    this.prefix = `${PREFIX}${encodeURIComponent(user)}:`;
    this.client = crypto.randomUUID();
    this.counter = 0;
    this.last = 0;
    this.loose = new Map(); // what this browser would not keep
    this.resting = new Map(); // recordings that are tried again later: {until, wait, why}
    this.retry = () => (this.resting.clear(), this.send());
    this.elsewhere = ({ key }) => (key === null || key.startsWith(this.prefix)) && this.#changed();
    window.addEventListener("online", this.retry);
    window.addEventListener("storage", this.elsewhere);
    open.add(this);
  }

  // Keeps one act and sends it; returns its id, which stays the same at every retry.
  add(recording, { kind, about = "", body = {} }) {
    const id = `${this.client}:${(this.counter += 1)}`;
    const entry = { recording, operation: { id, kind, about, body } };
    this.last = Math.max(Date.now(), this.last + 1);
    const key = `${this.prefix}${String(this.last).padStart(15, "0")}:${id}`;
    try {
      localStorage.setItem(key, JSON.stringify(entry));
    } catch {
      this.loose.set(key, entry);
    }
    this.#changed();
    this.send();
    return id;
  }

  // All that is not saved, in the order in which it was done, from this window or another one.
  get waiting() {
    this.cached ??= this.#read();
    return this.cached;
  }

  // Which stretches were played is kept, but nobody is warned that it is not yet.
  get decisions() {
    return this.waiting.filter(({ operation }) => operation.kind !== "listened");
  }

  waitingFor(recording) {
    return this.waiting.filter((entry) => entry.recording === recording).map(({ operation }) => operation);
  }

  // What stands in the way of saving, in words; "signed out" by itself.
  get problem() {
    if (this.loose.size) return "This browser keeps nothing: do not close the window before all is saved.";
    return this.waiting.map(({ recording }) => this.resting.get(recording)?.why).find(Boolean) ?? "";
  }

  async send() {
    clearTimeout(this.timer);
    if (this.sending) return;
    const now = Date.now();
    const first = this.waiting.find(({ recording }) => !(this.resting.get(recording)?.until > now));
    if (!first) return this.#later(now);
    this.sending = true;
    await this.#post(first.recording, this.waitingFor(first.recording).slice(0, this.atOnce ?? AT_ONCE));
    this.sending = false;
    this.#changed();
    this.send();
  }

  // What is not yet saved goes on being sent, as long as this page is open.
  close() {
    this.left = true;
    this.onChange = this.onSaved = () => {};
    this.#later(Date.now());
  }

  #later(now) {
    const untils = this.waiting.map(({ recording }) => this.resting.get(recording)?.until ?? now);
    if (untils.length) {
      this.timer = setTimeout(() => this.send(), Math.max(0, Math.min(...untils) - now));
    } else if (this.left) {
      window.removeEventListener("online", this.retry);
      window.removeEventListener("storage", this.elsewhere);
      open.delete(this);
    }
  }

  #changed() {
    this.cached = null;
    this.onChange();
  }

  #keys() {
    return Object.keys(localStorage).filter((key) => key.startsWith(this.prefix));
  }

  #read() {
    const all = [...this.loose];
    try {
      for (const key of this.#keys()) all.push([key, JSON.parse(localStorage.getItem(key))]);
    } catch {
      // Without storage there is only what this window holds.
    }
    return all.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry).filter((entry) => entry?.operation);
  }

  #done(ids) {
    for (const [key, { operation }] of [...this.loose]) if (ids.has(operation.id)) this.loose.delete(key);
    try {
      // The key ends in the id.
      for (const key of this.#keys()) if (ids.has(key.slice(this.prefix.length + 16))) localStorage.removeItem(key);
    } catch {
      // As above.
    }
    this.cached = null;
  }

  async #post(recording, operations) {
    try {
      const answer = await fetch(`/api/recordings/${recording}/acts`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-requested-by": "bodycam-review" },
        // The server takes the person from the session; `as` only lets it refuse another person's outbox.
        body: JSON.stringify({ as: this.user, operations }),
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (!answer.ok) return this.#rest(recording, answer.status, (await answer.json().catch(() => ({}))).error);
      const body = await answer.json();
      const refused = body.refused.map(({ id, why }) => ({ why, operation: operations.find((one) => one.id === id) }));
      this.#done(new Set([...body.acknowledged, ...body.refused.map(({ id }) => id)]));
      this.resting.delete(recording);
      this.onSaved({ recording, refused, operations });
    } catch {
      this.#rest(recording, 0, "The server cannot be reached; trying again.");
    }
  }

  #rest(recording, status, told) {
    // Too much at a time: long notes fill a request sooner than answers do.
    if (status === 413) this.atOnce = Math.max(1, (this.atOnce ?? AT_ONCE) >> 1);
    const wait = Math.min(2 * (this.resting.get(recording)?.wait ?? FIRST_WAIT / 2), LONGEST_WAIT);
    const why = status === 401 ? "signed out" : told ?? `The server answered ${status}; trying again.`;
    this.resting.set(recording, { until: Date.now() + wait, wait, why });
  }
}
