// Coaching about one recording: a session is made of moments, praise first, and a next step; the officer answers it.

import { button, clock, el, field, kept, seconds } from "./dom.js";
import { Form } from "./kept_state.js";
import { MomentSound } from "./moment_sound.js";
import { Share } from "./share.js";

const AFTER = 4; // seconds played after a moment that has no end
const CHANGES = new Set(["session", "recall", "acknowledge"]);
const ADDED = { praise: "Praise", note: "Note" };

export class Coaching extends Form {
  constructor(component) {
    super(component);
    const { data } = component;
    this.draft = `bodycam-review:draft:${data.user}:${data.recording}:session`;
    const was = kept.read(this.draft) ?? {};
    this.chosen = new Set(was.chosen ?? data.candidates.filter(({ kind }) => kind === "praise").map(({ id }) => id));
    this.marks = new Map(data.candidates.filter(({ end }) => end).map((one) => [one.id, one]));
    this.sound = new MomentSound({ url: data.urls.media, video: false, seconds: data.seconds, onStretch: (...span) => this.played(...span) });
    this.well = el("ul", { class: "agenda" });
    this.talk = el("ul", { class: "agenda" });
    this.step = el("textarea", { rows: 2, maxlength: 2000, "aria-label": "Proposed next step", oninput: () => this.#keep() });
    this.step.value = was.step ?? "";
    this.day = el("input", { type: "date", value: was.day ?? data.today, onchange: () => this.#keep() });
    this.send = button("Send to the officer", { class: "main", onclick: () => this.#send() });
    this.wrong = el("p", { role: "alert", class: "wrong" });
    this.last = el("div", { class: "banner", hidden: true });
    this.sessions = el("div", { class: "sessions" });
    this.share = new Share(this);
    this.sound.media.node.hidden = true;
    this.begin(this.#build(data));
  }

  get tells() {
    return CHANGES;
  }

  #build(data) {
    const prepare = this.can("session") ? el("details", { class: "prepare", open: !data.sessions.length || Boolean(data.due) }, el("summary", {}, el("h3", {}, "Prepare a session")),
      el("p", { class: "quiet" }, "Tick what you want to talk about. Praise stands first."),
      el("div", { class: "halves" },
        el("div", {}, el("h4", {}, "What went well"), this.well, this.#adder("praise", "What went well?")),
        el("div", {}, el("h4", {}, "To talk about"), this.talk, this.#adder("note", "What do you want to talk about?"))),
      el("div", { class: "row grow" }, field("Proposed next step", this.step, "It stays a proposal until the officer has answered. The next session begins with it.")),
      el("div", { class: "row" }, field("Session on", this.day), this.send), this.wrong) : null;
    this.prepare = prepare;
    return el("section", { class: "form coaching", "aria-label": "Coaching" }, el("div", { class: "head" }, this.sound.media.node, this.saved),
      this.sound.media.trouble, this.trouble, this.last, prepare, el("section", {}, el("h3", {}, "Sessions about this recording"), this.sessions), this.share.root);
  }

  // Praise and critique are one line each, side by side, and take the same two fields.
  #adder(kind, asks) {
    const at = el("input", { size: 6, placeholder: "0:00", "aria-label": "At which time?" });
    const text = el("input", { maxlength: 2000, placeholder: asks, "aria-label": asks });
    const wrong = el("span", { class: "wrong", role: "alert" });
    return el("form", { class: "row grow adder", hidden: !this.can(kind), onsubmit: (event) => {
      event.preventDefault();
      const when = seconds(at.value);
      wrong.textContent = when === null || when > this.state.seconds ? "Give a time like 1:15." : text.value.trim() ? "" : "Write what it is about.";
      if (wrong.textContent) return;
      this.chosen.add(this.act(kind, "", { at: when, text: text.value.trim() }));
      at.value = text.value = "";
      this.#keep();
      this.show();
    } }, at, text, el("button", {}, `Add ${ADDED[kind].toLowerCase()}`), wrong);
  }

  show() {
    if (!this.root) return;
    const { state, fresh, pending } = this;
    const known = new Set(state.candidates.map(({ id }) => id));
    const added = fresh.filter(({ id, kind }) => ADDED[kind] && !known.has(id)).map(({ id, kind, body }) => ({ id, kind, name: ADDED[kind],
      well: kind === "praise", at: body.at, end: null, clock: clock(body.at), text: body.text, by: state.user, saving: pending.has(id) }));
    this.all = [...state.candidates, ...added].sort((a, b) => b.well - a.well || a.at - b.at);
    for (const [list, well] of [[this.well, true], [this.talk, false]]) {
      const rows = this.all.filter((one) => one.well === well).map((one) => this.#candidate(one));
      list.replaceChildren(...(rows.length ? rows : [el("li", { class: "quiet" }, "Nothing noted or verified yet.")]));
    }
    this.send.disabled = fresh.some(({ kind, id }) => kind === "session" && pending.has(id));
    this.#tellLast();
    const waiting = fresh.filter(({ kind }) => kind === "session").map(({ id, body }) => ({ id, by: state.user, on: state.today, held_on: body.held_on,
      next_step: body.next_step, agenda: body.agenda.map((name) => this.all.find((one) => one.id === name)).filter(Boolean), answer: null, saving: pending.has(id) }));
    const rows = [...waiting, ...state.sessions];
    const shown = JSON.stringify([rows, fresh]);
    if (shown !== this.shown) this.sessions.replaceChildren(...(rows.length ? rows.map((one) => this.#session(one)) : [el("p", { class: "quiet" }, "None yet.")]));
    this.shown = shown;
    this.share.show();
    this.tellSaved();
  }

  #candidate(one) {
    const tick = el("input", { type: "checkbox", onchange: () => {
      if (tick.checked) this.chosen.add(one.id);
      else this.chosen.delete(one.id);
      this.#keep();
    } });
    tick.checked = this.chosen.has(one.id);
    return el("li", { class: one.kind, "data-candidate": one.id }, el("label", {}, tick, ...this.#told(one)), ...this.#buttons(one));
  }

  #told(one) {
    return [el("strong", {}, ` ${one.name} `), one.who ? el("span", { class: "who" }, `${one.who}: `) : "", el("span", {}, one.text || ""), el("span", { class: "quiet" }, one.saving ? " saving …" : one.by ? ` ${this.name(one.by)}` : "")];
  }

  #buttons(one) {
    if (one.at === null) return [];
    const share = this.can("share") ? button("Share", { class: "quiet-button", "aria-label": `Share the moment at ${one.clock}`, onclick: () => this.share.open(one) }) : null;
    return [button(`▶ ${one.clock}`, { class: "place", "aria-label": `Play ${one.name} at ${one.clock}`, onclick: () => this.#play(one) }), share].filter(Boolean);
  }

  #tellLast() {
    const { last, officer, due, held } = this.state;
    const lines = [];
    if (held) lines.push(held);
    if (last) {
      const where = last.about ? `, about ${last.about}` : "";
      lines.push(last.text ? `${last.name} (${last.on}, by ${this.name(last.by)}${where}): ${last.text}` : `The session before was on ${last.on}${where}; it proposed no next step.`);
      if (last.said) lines.push(`The officer wrote to it: “${last.said}”`);
    }
    if (this.can("session") && due) lines.push(`This session is due on ${due}.`);
    if (this.can("session") && !this.state.answers) {
      lines.push(officer ? `The officer ${officer} has no account here, so nobody can read the session yet.` : "Nobody has said who wears the camera in this recording, so there is nobody to send a session to yet.");
    }
    this.last.hidden = !lines.length;
    this.last.replaceChildren(...lines.map((text) => el("p", {}, text)));
  }

  #session(one) {
    const agenda = one.agenda.length ? el("ul", { class: "agenda" }, ...one.agenda.map((row) => el("li", { class: row.kind }, el("span", {}, ...this.#told(row)), ...this.#buttons(row))))
      : el("p", { class: "quiet" }, "No moments were put on the agenda.");
    const answered = this.fresh.filter(({ kind, about }) => kind === "acknowledge" && about === one.id).at(-1);
    return el("article", { class: "session", "data-session": one.id },
      el("h4", {}, `Session ${one.held_on || one.on}, ${one.by === this.state.user ? "by you" : `with ${this.name(one.by)}`}`, one.saving ? " (saving …)" : ""), agenda,
      one.next_step ? el("p", { class: "step" }, el("strong", {}, `${this.state.steps[answered?.body.answer ?? one.answer?.what ?? ""]}: `), one.next_step)
        : el("p", { class: "quiet" }, "No next step was proposed."),
      this.#withdrawn(one) ?? this.#answer(one, answered));
  }

  #withdrawn(one) {
    const fresh = this.fresh.find(({ kind, about }) => kind === "recall" && about === one.id);
    if (!fresh && !one.withdrawn) return null;
    const { by, on, text } = one.withdrawn ?? { by: this.state.user, on: "", text: fresh.body.why };
    return el("p", { class: "answer" }, `Withdrawn by ${this.name(by)}${on ? `, ${on}` : ""}: ${text}`, fresh && this.pending.has(fresh.id) ? " saving …" : "");
  }

  // Only while the officer has not answered; the session stays in the record, with the reason.
  #recall(one) {
    if (!this.can("recall") || one.by !== this.state.user || one.saving) return null;
    const why = el("input", { maxlength: 2000, "aria-label": "Why is this session withdrawn?", placeholder: "Why is it withdrawn? The officer reads this." });
    const recall = (event) => {
      event.preventDefault();
      if (!why.value.trim()) return why.focus();
      this.act("recall", one.id, { why: why.value.trim() });
      this.show();
    };
    return el("details", { class: "recall" }, el("summary", {}, "Withdraw this session"),
      el("p", { class: "quiet" }, "The officer sees that it was withdrawn, by whom and why. It stays in the record."),
      el("form", { class: "row grow", onsubmit: recall }, why, el("button", {}, "Withdraw")));
  }

  #answer(one, fresh) {
    const what = fresh?.body.answer ?? one.answer?.what;
    if (what) {
      const text = fresh?.body.text ?? one.answer.text;
      const who = this.name(fresh ? this.state.user : one.answer.by);
      const said = what === "acknowledged" ? `Read and acknowledged by ${who}` : `Read by ${who}, who does not sign`;
      return el("p", { class: "answer" }, `${said}${one.answer ? `, ${one.answer.on}` : ""}.`, text ? ` “${text}”` : "", fresh && this.pending.has(fresh.id) ? " saving …" : "");
    }
    if (!this.can("acknowledge")) return el("div", {}, el("p", { class: "quiet" }, "The officer has not answered yet."), this.#recall(one));
    const text = el("textarea", { rows: 2, maxlength: 2000, placeholder: "What you want to say to it (may stay empty)", "aria-label": "What you want to say to it",
      oninput: () => kept.write(`${this.draft}:${one.id}`, text.value) });
    text.value = kept.read(`${this.draft}:${one.id}`) ?? "";
    const give = (answer) => () => {
      this.act("acknowledge", one.id, { answer, text: text.value.trim() });
      kept.write(`${this.draft}:${one.id}`, null);
    };
    return el("div", { class: "answering" }, text,
      el("div", { class: "equal" }, button("I have read it", { onclick: give("acknowledged") }), button("I have read it and do not sign", { onclick: give("refused_to_sign") })),
      el("p", { class: "quiet" }, "Both answers are fine and have no consequence for you. “Read” does not mean that you agree. Your answer and your words stay with the session."));
  }

  #play(one) {
    this.sound.media.node.hidden = false;
    this.sound.play(one.at - this.state.lead_in, (one.end ?? one.at) + AFTER);
  }

  #keep() {
    kept.write(this.draft, { chosen: [...this.chosen], step: this.step.value, day: this.day.value });
  }

  #send() {
    const agenda = this.all.filter(({ id }) => this.chosen.has(id)).map(({ id }) => id);
    const next = this.step.value.trim();
    this.wrong.textContent = agenda.length || next ? "" : "Tick at least one moment, or write a next step.";
    if (this.wrong.textContent) return;
    this.act("session", "", { agenda, next_step: next, held_on: this.day.value });
    this.chosen.clear();
    this.step.value = "";
    kept.write(this.draft, null);
    this.prepare.open = false;
    this.show();
  }

  close() {
    this.sound.close(); // first, so that what was played until now is still sent
    super.close();
  }
}
