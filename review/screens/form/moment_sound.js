// Moments of one recording, played from a little before to their end; what was really played is told, as by the player.

import { Heard } from "../review.player/heard.js";
import { Media } from "../review.player/media.js";

export class MomentSound {
  // `onStretch(from, to)` tells of each stretch that was played, `onEnd()` that a moment is over.
  constructor({ url, video, seconds, onStretch, onEnd = () => {} }) {
    this.onEnd = onEnd;
    this.until = null; // seconds; where the moment that is being played ends
    this.media = new Media({ url, video, seconds, onTick: (now, playing) => this.#tick(now, playing), onJump: () => this.heard.end(),
      onRate: () => {}, onLoop: () => {} });
    this.heard = new Heard({ flags: [], length: () => this.media.length, onFlag: () => {}, onStretch });
    this.leaving = () => this.heard.end();
    window.addEventListener("pagehide", this.leaving);
  }

  // The recording is fetched from here on: a fetch stands in the log, so a page asks for it when it is wanted.
  begin() {
    if (!this.begun) this.media.begin();
    this.begun = true;
  }

  play(from, until) {
    this.begin();
    this.until = until;
    this.media.play(Math.max(0, from));
  }

  #tick(now, playing) {
    this.heard.tick(now, playing);
    if (!playing || this.until === null || now < this.until) return;
    this.until = null; // from here on it plays as long as the person wants
    this.media.pause();
    this.onEnd();
  }

  close() {
    this.heard.end();
    window.removeEventListener("pagehide", this.leaving);
    this.media.close();
  }
}
