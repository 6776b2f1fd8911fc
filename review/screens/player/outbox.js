// Decisions on their way to the server: kept in this browser until the server says that they are committed.
//
// Each operation has an entry of its own in localStorage, so that two windows never overwrite each other's. There are three
// channels, each in its own order: "verdicts" (answers to marks), "acts" (notes, referrals and what else people do) and
// "corrections" (who spoke and what was said).

const FIRST_WAIT = 1000; // milliseconds before the first retry; doubled up to LONGEST_WAIT
const LONGEST_WAIT = 15000;
const PATIENCE = 30000; // milliseconds for one answer, then the operations are sent again
const AT_ONCE = 100; // operations in one request
// A correction is answered when its recording was marked anew, and the next one needs to know the revision.
const WAYS = { verdicts: {}, acts: {}, corrections: { atOnce: 1, patience: 300000 } };
const PREFIX = "bodycam-review:outbox:";
const open = new Set();
const mine = (user) => `${PREFIX}${encodeURIComponent(user)}:`;

// Leaving is guarded as long as anything is unsaved, also what an earlier recording's player left to be sent.
window.addEventListener("beforeunload", (event) => {
  if ([...open].some((channel) => channel.decisions.length)) event.preventDefault();
});

export class Outbox {
  constructor({ urls, user, recording, onChange, onSaved }) {
    const make = (name) => new Channel({ name, url: urls[name], user, recording, onChange, onSaved });
    this.channels = Object.fromEntries(Object.keys(WAYS).filter((name) => urls[name]).map((name) => [name, make(name)]));
    this.client = crypto.randomUUID();
    this.counter = 0;
    sweep({ urls, user, recording });
  }

  // Keeps one operation and sends it; returns its id, which stays the same at every retry.
  add(name, operation) {
    const id = `${this.client}:${(this.counter += 1)}`;
    this.channels[name].add({ id, ...operation });
    return id;
  }

  waiting(name) {
    return this.channels[name]?.waiting ?? [];
  }

  get unsaved() {
    return Object.values(this.channels).reduce((sum, channel) => sum + channel.decisions.length, 0);
  }

  get problem() {
    return Object.values(this.channels).map(({ problem }) => problem).find(Boolean) ?? "";
  }

  send() {
    for (const channel of Object.values(this.channels)) channel.send();
  }

  // What is not yet saved goes on being sent, as long as this page is open.
  close() {
    for (const channel of Object.values(this.channels)) channel.leave();
  }
}

class Channel {
  constructor({ name, url, user, recording, onChange = () => {}, onSaved = () => {} }) {
    Object.assign(this, { name, url, user, onChange, onSaved });
    this.prefix = `${mine(user)}${recording}:${name}:`;
    this.loose = new Map(); // what this browser would not keep
    this.wait = FIRST_WAIT;
    this.atOnce = WAYS[name].atOnce ?? AT_ONCE;
    this.patience = WAYS[name].patience ?? PATIENCE;
    this.problem = "";
    this.last = 0;
    this.left = false;
    this.retry = () => this.send();
    this.elsewhere = ({ key }) => (key === null || key.startsWith(this.prefix)) && this.#changed();
    window.addEventListener("online", this.retry);
    window.addEventListener("storage", this.elsewhere);
    open.add(this);
  }

  // The operations in the order in which they were made, in this window or another one.
  get waiting() {
    this.cached ??= this.#read();
    return this.cached;
  }

  // Which stretches were played is kept, but nobody is warned that it is not yet.
  get decisions() {
    return this.waiting.filter(({ kind }) => kind !== "listened");
  }

  add(operation) {
    this.last = Math.max(Date.now(), this.last + 1);
    const key = `${this.prefix}${String(this.last).padStart(15, "0")}:${operation.id}`;
    try {
      localStorage.setItem(key, JSON.stringify(operation));
    } catch {
      this.loose.set(key, operation);
      this.problem = "This browser keeps nothing: do not close the window before all is saved.";
    }
    this.#changed();
    this.send();
  }

  async send() {
    clearTimeout(this.timer);
    if (this.sending || !this.waiting.length) return this.#rest();
    this.sending = true;
    const ok = await this.#post(this.waiting.slice(0, this.atOnce));
    this.sending = false;
    this.#changed();
    if (!this.waiting.length) return this.#rest();
    this.timer = setTimeout(this.retry, ok ? 0 : this.wait);
    if (!ok) this.wait = Math.min(2 * this.wait, LONGEST_WAIT);
  }

  leave() {
    this.left = true;
    this.onChange = this.onSaved = () => {};
    if (!this.sending) this.#rest();
  }

  #rest() {
    if (!this.left || this.waiting.length) return;
    clearTimeout(this.timer);
    window.removeEventListener("online", this.retry);
    window.removeEventListener("storage", this.elsewhere);
    open.delete(this);
  }

  #changed() {
    this.cached = null;
    this.onChange();
  }

  #keys() {
    const keys = [];
    for (let number = 0; number < localStorage.length; number += 1) {
      const key = localStorage.key(number);
      if (key.startsWith(this.prefix)) keys.push(key);
    }
    return keys;
  }

  #read() {
    const all = [...this.loose];
    try {
      for (const key of this.#keys()) all.push([key, JSON.parse(localStorage.getItem(key))]);
    } catch {
      // Without storage there is only what this window holds.
    }
    all.sort(([a], [b]) => (a < b ? -1 : 1));
    return all.map(([, operation]) => operation).filter(Boolean);
  }

  #done(ids) {
    for (const key of [...this.loose.keys()]) if (ids.has(this.loose.get(key).id)) this.loose.delete(key);
    try {
      for (const key of this.#keys()) if (ids.has(JSON.parse(localStorage.getItem(key)).id)) localStorage.removeItem(key);
    } catch {
      // As above.
    }
    this.cached = null;
  }

  async #post(operations) {
    try {
      const answer = await fetch(this.url, {
        method: "POST",
        headers: { "content-type": "application/json", "x-requested-by": "bodycam-review" },
        // The server takes the person from the session; `as` only lets it refuse another person's outbox.
        body: JSON.stringify({ as: this.user, operations }),
        signal: AbortSignal.timeout(this.patience),
      });
      if (!answer.ok) return this.#failed(answer.status, (await answer.json().catch(() => ({}))).error);
      const body = await answer.json();
      const refused = body.refused.map(({ id, why }) => ({ why, operation: operations.find((one) => one.id === id) }));
      this.#done(new Set([...body.acknowledged, ...body.refused.map(({ id }) => id)]));
      this.problem = refused.length && this.name !== "corrections" ? `${refused.length} refused: ${refused[0].why}` : "";
      this.wait = FIRST_WAIT;
      this.onSaved(this.name, body, { refused, operations });
      return true;
    } catch {
      return this.#failed(0, "The server cannot be reached; trying again.");
    }
  }

  #failed(status, why) {
    // Too much at a time: long notes fill a request sooner than answers do.
    if (status === 413) this.atOnce = Math.max(1, this.atOnce >> 1);
    this.problem = status === 401 ? "signed out" : why ?? `The server answered ${status}; trying again.`;
    return false;
  }
}

// What was left unsaved in other recordings when this browser was closed is sent from here.
function sweep({ urls, user, recording }) {
  const found = new Set();
  try {
    for (const key of Object.keys(localStorage)) {
      const [other, name] = key.startsWith(mine(user)) ? key.slice(mine(user).length).split(":") : [];
      if (other && other !== recording && WAYS[name] && urls[name]) found.add(`${other}:${name}`);
    }
  } catch {
    return;
  }
  for (const one of found) {
    const [other, name] = one.split(":");
    const channel = new Channel({ name, url: urls[name].replace(recording, other), user, recording: other });
    channel.left = true;
    channel.send();
  }
}
