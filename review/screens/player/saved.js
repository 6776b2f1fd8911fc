// Whether all that was decided is kept by the server, in words.

import { el } from "./dom.js";

export class Saved {
  constructor() {
    this.root = el("span", { class: "saved", role: "status" });
  }

  tell({ unsaved, problem }) {
    const told = `${unsaved} ${problem}`;
    if (told === this.told) return; // a status that is set anew is read out anew
    this.told = told;
    this.root.replaceChildren(unsaved ? `${unsaved} unsaved` : "All answers saved");
    if (problem === "signed out") {
      const again = el("a", { href: "/sign-in", target: "_blank" }, "sign in again");
      this.root.append(". You are signed out: ", again, " to save.");
    } else if (problem) {
      this.root.append(`. ${problem}`);
    }
    this.root.classList.toggle("waiting", unsaved > 0 || problem !== "");
  }
}
