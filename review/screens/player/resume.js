// "You were here before": back to where a person was, unless the address says where to begin.

import { button, clock, el } from "./dom.js";

const WORTH_RESUMING = 5; // seconds into a recording

export class Resume {
  constructor({ media, onVerify }) {
    Object.assign(this, { media, onVerify });
    this.root = el("p", { class: "notice", hidden: true });
  }

  // `place` is {at, flag, verifying}.
  offer({ at, flag, verifying }) {
    if (!(at > WORTH_RESUMING)) return;
    this.media.seek(at);
    const done = (act) => () => (act(), (this.root.hidden = true));
    const goOn = verifying ? button("Go on verifying", { class: "main", onclick: done(() => this.onVerify(flag)) }) : "";
    const again = button("From the beginning", { onclick: done(() => this.media.seek(0)) });
    this.root.replaceChildren(`You were here before, at ${clock(at)}. `, goOn, again);
    this.root.hidden = false;
  }
}
