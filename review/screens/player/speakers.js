// A colour and a second sign for each voice; the wearer of the camera always has the first.
// The colours are Okabe and Ito's for colour-blind people, darker or lighter where the page needs contrast (player.css);
// that they stay apart so is simulated in tests/screens/test_voice_colours.py.

const SIGNS = 6; // colours with a line of their own; further voices begin again, told apart by their name

const ROLES = ["officer", "civilian", "other_officer", "radio", "unknown"];

export class Voices {
  constructor(speakers = {}, turns = []) {
    this.known = speakers;
    const heard = [...new Set([...turns.map(({ speaker }) => speaker), ...Object.keys(speakers)])];
    const rank = (speaker) => ROLES.indexOf(speakers[speaker]?.role ?? "unknown");
    this.order = heard.sort((a, b) => rank(a) - rank(b)); // stable: voices of one role stay in the order of their words
  }

  name(speaker) {
    return this.known[speaker]?.name ?? speaker;
  }

  // The class that gives a voice its colour and its kind of line.
  sign(speaker) {
    const place = this.order.indexOf(speaker);
    return `voice-${place < 0 ? SIGNS : (place % SIGNS) + 1}`;
  }
}
