// The words that are read: those that hold now, or, on demand, what the machine heard first.

import { NOTHING_CORRECTED, fetchCorrections, fetchWords } from "./fetched.js";
import { Voices } from "./speakers.js";

const NONE = { turns: [], silences: [], speakers: {} };

export class Reading {
  // `onNewer(revision)` is told when the server has words of a revision that the page does not know yet.
  constructor({ urls, transcript, search, corrections, wordSure, onNewer }) {
    Object.assign(this, { urls, transcript, search, corrections, wordSure, onNewer });
    this.words = NONE;
    this.made = NOTHING_CORRECTED;
    this.voices = new Voices();
  }

  // Fetches the words of this revision; true when they are here, to be shown.
  async fetch(revision) {
    const [{ words, problem }, made] = await Promise.all([fetchWords(this.urls.transcript), revision > 1 ? fetchCorrections(this.urls.corrections) : NOTHING_CORRECTED]);
    if (words && words.revision !== revision) return this.onNewer(words.revision), false;
    if (problem && this.words === NONE) this.transcript.say(problem);
    if (problem) return false;
    Object.assign(this, { words, made, voices: new Voices(words.speakers, words.turns) });
    return true;
  }

  show(flags) {
    this.#show(this.words, this.voices, this.corrections.tools);
    this.transcript.mark(flags);
    this.corrections.learn(this.words, this.voices, { made: this.made, revision: this.words.revision, first: false });
  }

  // What the machine heard, only to be read; true when it is shown.
  async showFirst() {
    const { words } = await fetchWords(this.urls.transcript.replace(/transcript$/, "revisions/1"));
    if (!words) return false;
    const voices = new Voices(words.speakers, words.turns);
    this.#show(words, voices, null);
    this.corrections.learn(words, voices, { made: this.made, revision: this.words.revision, first: true });
    return true;
  }

  #show(words, voices, tools) {
    this.transcript.show(words, { voices, wordSure: this.wordSure, tools, readOnly: words !== this.words });
    this.search.read(words.turns.flatMap((turn) => turn.words.map(([text]) => text)));
  }
}
