// Decisions on their way to the server: kept in this browser until the server says that they are committed.

const FIRST_WAIT = 1000; // milliseconds before the first retry; doubled up to LONGEST_WAIT
const LONGEST_WAIT = 15000;
const AT_ONCE = 100; // operations in one request

export class Outbox {
  constructor({ url, user, recording, onChange, onFlags }) {
    Object.assign(this, { url, user, onChange, onFlags });
    this.key = `bodycam-review:outbox:${user}:${recording}`;
    this.client = crypto.randomUUID();
    this.counter = 0;
    this.wait = FIRST_WAIT;
    this.problem = "";
    this.timer = null;
    this.sending = false;
    this.closed = false;
    this.retry = () => this.send();
    window.addEventListener("online", this.retry);
  }

  get waiting() {
    try {
      return JSON.parse(localStorage.getItem(this.key)) ?? [];
    } catch {
      return [];
    }
  }

  set waiting(operations) {
    if (operations.length) localStorage.setItem(this.key, JSON.stringify(operations));
    else localStorage.removeItem(this.key);
  }

  add(flag, answer) {
    const id = `${this.client}:${(this.counter += 1)}`;
    this.waiting = [...this.waiting, { id, flag, answer }];
    this.onChange();
    this.send();
  }

  async send() {
    clearTimeout(this.timer);
    if (this.sending || this.closed || !this.waiting.length) return;
    this.sending = true;
    const ok = await this.#post(this.waiting.slice(0, AT_ONCE));
    this.sending = false;
    this.onChange();
    if (!this.waiting.length || this.closed) return;
    this.timer = setTimeout(this.retry, ok ? 0 : this.wait);
    if (!ok) this.wait = Math.min(2 * this.wait, LONGEST_WAIT);
  }

  async #post(operations) {
    try {
      const answer = await fetch(this.url, {
        method: "POST",
        headers: { "content-type": "application/json", "x-requested-by": "bodycam-review" },
        // The server takes the reviewer from the session; `as` only lets it refuse another person's outbox.
        body: JSON.stringify({ as: this.user, operations }),
      });
      if (!answer.ok) return this.#failed(answer.status, (await answer.json().catch(() => ({}))).error);
      const { acknowledged, refused, flags } = await answer.json();
      const done = new Set([...acknowledged, ...refused.map(({ id }) => id)]);
      this.waiting = this.waiting.filter(({ id }) => !done.has(id));
      this.problem = refused.length ? `${refused.length} refused: ${refused[0].why}` : "";
      this.wait = FIRST_WAIT;
      this.onFlags(flags);
      return true;
    } catch {
      return this.#failed(0, "The server cannot be reached; trying again.");
    }
  }

  #failed(status, why) {
    this.problem = status === 401 ? "signed out" : why ?? `The server answered ${status}; trying again.`;
    return false;
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    window.removeEventListener("online", this.retry);
  }
}
