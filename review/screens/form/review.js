// The review of one recording: checklists, the stretch drawn by chance, how it ends, sign-off; and who works on it.

import { Item } from "./checklist.js";
import { button, el, mediaOfPage, playAt } from "./dom.js";
import { Form } from "./kept_state.js";
import { Share } from "./share.js";
import { Typed } from "./typed.js";
import { Whose } from "./whose.js";
import { Work } from "./work.js";
import { KEYS_CHANGED, Keymap, NEXT_QUESTION, keyName } from "../review.player/keys.js";

const LOOK = 500; // milliseconds between two looks at what the page's player does with the stretch
const PASSED = 3; // seconds after the stretch in which it is still stopped, and looked whether it was heard
const TRIES = 6; // looks after the player stopped
const PAGE_CHANGES = new Set(["sign_off", "reopen", "refer", "release", "assign", "unassign"]);

const RECOUNT = 3000; // milliseconds until the marks without an answer are counted again
const READS = "The officer reads this once the form is signed.";
const unanswered = ({ unanswered: open, marked }, have) => `${open} of ${marked} marks ${have} no answer`;

export class Review extends Form {
  constructor(component) {
    super(component);
    const { data } = component;
    this.place = `${data.user}:${data.recording}`;
    this.marks = new Map(data.marks.map((mark) => [mark.id, mark]));
    this.#makeItems(data);
    this.#makeClosing(data);
    this.whose = new Whose(this);
    this.work = new Work(this);
    this.share = new Share(this);
    this.back = button("", { class: "back main", hidden: true, onclick: () => this.#goBack() });
    this.listeners = { [NEXT_QUESTION]: () => this.#goBack(), [KEYS_CHANGED]: () => this.#tellKey() };
    for (const [name, listener] of Object.entries(this.listeners)) document.addEventListener(name, listener);
    this.looking = setInterval(() => this.#look(), LOOK);
    this.begin(this.#build(data));
  }

  get tells() {
    return PAGE_CHANGES;
  }

  #makeItems(data) {
    let number = 0;
    this.items = data.checklists.flatMap((checklist) => checklist.items.map((item) => {
      const at = number;
      number += 1;
      return new Item({ key: `${checklist.id}/${item.id}`, number, item, place: this.place,
        marks: item.marks.map((id) => this.marks.get(id)), onPlay: (mark) => this.#playFrom(this.items[at], mark),
        onAnswer: (reply, note) => this.act("answer", item.id, { checklist: checklist.id, reply, note }),
        onMove: (by) => (this.items[at + by] ?? this.firstAfterItems()).focus(), onDraft: () => this.root && this.show() });
    }));
  }

  #makeClosing(data) {
    this.endings = data.dispositions.map((choice) => button(choice, { class: "reply", "aria-pressed": "false",
      onclick: () => this.editable && this.act("disposition", "", { choice }) }));
    this.ending = el("div", { class: "replies", role: "group", "aria-label": "How does the review end?" }, ...this.endings);
    this.comment = new Typed({ place: `${this.place}:comment`, label: "Comment on the review", rows: 3,
      placeholder: "What the next reader should know", onText: (text) => this.act("comment", "", { text }), onDraft: () => this.root && this.show() });
    this.commentBy = el("span", { class: "quiet" });
    this.listen = el("div", { class: "stretch" });
    this.left = el("div", { class: "left-over" });
    this.sign = button("Sign off this review", { class: "main", "aria-describedby": "left-over", onclick: () => this.#signOff() });
    this.before = el("div", { class: "before-signing" });
    this.history = el("div", { class: "signed-before", hidden: true });
    this.signed = el("div", { class: "signed", hidden: true });
    this.banner = el("div", { class: "banner", role: "note", hidden: true });
    this.why = el("textarea", { rows: 2, maxlength: 2000, "aria-label": "Why is it reopened?", placeholder: "Why is it reopened?" });
    this.reopen = el("form", { class: "row", hidden: true, onsubmit: (event) => this.#reopen(event) }, this.why,
      el("button", {}, "Reopen"));
  }

  #build(data) {
    const lists = data.checklists.map((checklist) => el("section", {},
      el("h3", {}, checklist.title),
      el("p", { class: "quiet" }, "Beside a question stand the marks that may help. No mark means only that the machine heard nothing for it."),
      el("ol", { class: "items" }, ...this.items.filter(({ key }) => key.startsWith(`${checklist.id}/`)).map(({ root }) => root))));
    this.nextKey = el("kbd", { class: "next-key" });
    this.#tellKey();
    const keys = this.can("answer")
      ? el("p", { class: "quiet keys" }, "Keys: ", this.nextKey, " goes to the next open question, ", el("kbd", {}, "1"), "–",
        el("kbd", {}, "4"), " answer it, arrows move, ", el("kbd", {}, "Tab"), " reaches notes and moments.") : null;
    const end = el("section", { class: "closing" }, el("h3", {}, "How the review ends"), this.ending,
      el("div", { class: "field" }, el("span", {}, "Comment ", this.commentBy), this.comment.node, el("span", { class: "quiet reads" }, READS)), this.left,
      this.before,
      el("div", { class: "row" }, this.can("sign_off") ? this.sign : null, this.signed), this.reopen, this.history);
    end.addEventListener("focusin", () => this.#count());
    end.addEventListener("pointerenter", () => this.#count());
    return el("section", { class: "form", "aria-label": "Review form" },
      el("div", { class: "head" }, keys, this.saved), this.trouble, this.banner, ...lists,
      el("section", {}, el("h3", {}, "A stretch without marks, drawn by chance"), this.listen), end, this.whose.root, this.work.root, this.share.root, this.back);
  }

  // The state with what is on its way laid over it.
  show() {
    if (!this.root) return;
    const { state, fresh, pending } = this;
    this.editable = this.can("answer") && !state.signed;
    for (const item of this.items) this.#tellItem(item, fresh, pending);
    const ended = fresh.filter(({ kind }) => kind === "disposition").at(-1);
    this.choice = ended?.body.choice ?? state.disposition?.choice ?? "";
    for (const one of this.endings) {
      one.setAttribute("aria-pressed", String(one.textContent === this.choice));
      one.setAttribute("aria-disabled", String(!this.editable));
    }
    const said = fresh.filter(({ kind }) => kind === "comment").at(-1);
    this.comment.show(said?.body.text ?? state.comment?.text ?? "");
    this.comment.node.readOnly = !this.editable;
    this.commentBy.textContent = !said && state.comment ? `(${this.name(state.comment.by)}, ${state.comment.on})` : "";
    this.#tellStretch();
    this.#tellSigned();
    this.whose.show();
    this.work.show();
    this.share.show();
    this.tellSaved(this.items.filter(({ note }) => note.unsent).length + (this.comment.unsent ? 1 : 0));
  }

  #tellItem(item, fresh, pending) {
    const { state } = this;
    const own = fresh.filter((one) => one.kind === "answer" && `${one.body.checklist}/${one.about}` === item.key).at(-1);
    const given = state.given[item.key] ?? [];
    const mine = own ? own.body : given.find(({ by }) => by === state.user);
    const holds = own ? own.body : state.answers[item.key]; // whoever gave it: the latest one holds
    const names = new Map(item.item.replies.map(({ id, name }) => [id, name]));
    const others = given.filter(({ by }) => by !== state.user).map(({ by, on, reply, note }) =>
      `${this.name(by)}, ${on}: ${[names.get(reply) ?? "", note].filter(Boolean).join(". ")}`);
    item.tell({ holds, mine, others, pending: Boolean(own && pending.has(own.id)), readOnly: !this.editable });
  }

  #tellStretch() {
    const { stretch } = this.state;
    if (!stretch) {
      this.listen.replaceChildren(el("p", { class: "quiet" }, this.can("answer")
        ? "All of the recording is marked, so no stretch without marks was drawn."
        : "Only those who review this recording listen to it."));
      return;
    }
    const done = stretch.heard >= stretch.needed;
    const text = done ? "You have listened to it." : stretch.heard ? `${Math.floor(stretch.heard)} of ${Math.ceil(stretch.needed)} seconds heard.` : "Not listened to yet.";
    const play = button(`Play ${stretch.clock}`, { "data-stretch": stretch.start, onclick: () => this.#playStretch(stretch) });
    const state = el("span", { class: done ? "state" : "state waiting" }, done ? `✓ ${text}` : text);
    if (this.listen.querySelector("button")) this.listen.querySelector(".state").replaceWith(state);
    else this.listen.replaceChildren(el("p", { class: "quiet" },
      "The machine marked nothing here. Listening to it shows what it may have missed; add a note at the moment if it did."),
      el("div", { class: "row" }, play, state));
  }

  #tellSigned() {
    const { signed, hold, reopened } = this.state;
    const open = this.openItems();
    const heard = !this.state.stretch || this.state.stretch.heard >= this.state.stretch.needed;
    const wanted = [];
    if (open.length) {
      wanted.push(button(`${open.length} of ${this.items.length} questions have no answer`, { class: "quiet-button", onclick: () => open[0].focus() }));
    }
    if (!this.choice) wanted.push(button("how the review ends is not chosen", { class: "quiet-button", onclick: () => this.endings[0]?.focus() }));
    if (!heard) wanted.push(button("the drawn stretch is not listened to", { class: "quiet-button", onclick: () => this.listen.querySelector("button").focus() }));
    this.ready = !wanted.length;
    this.left.replaceChildren(...(signed || !this.can("sign_off") ? [] : wanted.length ? [el("span", { id: "left-over" }, "Still missing:"), ...wanted] : []));
    this.sign.hidden = Boolean(signed);
    this.sign.setAttribute("aria-disabled", String(!this.ready));
    this.signed.hidden = !signed;
    const then = signed?.marked ? ` ${unanswered(signed, "had")} then and stay as marked by machine.` : "";
    const since = signed?.revision && signed.revision !== this.state.revision
      ? ` Since then the recording was corrected or marked anew: this is revision ${this.state.revision}, and revision ${signed.revision} was signed.` : "";
    this.signed.textContent = signed ? `✓ Signed off by ${this.name(signed.by)}, ${signed.on}. The form is kept as it is.${then}${since}` : "";
    this.#tellBefore();
    this.#tellHistory();
    this.reopen.hidden = !signed || !this.can("reopen");
    const told = [];
    if (hold) told.push(`Held for internal affairs by ${this.name(hold.by)}, ${hold.on}: ${hold.text} ${this.state.hold_closes}`);
    if (reopened && !signed) told.push(`Reopened by ${this.name(reopened.by)}, ${reopened.on}: ${reopened.text}`);
    this.banner.hidden = !told.length;
    this.banner.replaceChildren(...told.map((text) => el("p", {}, text)));
  }

  // Whether the officer could say anything yet, what signing leaves as it is, and who reads the form from then on.
  #tellBefore() {
    const { signed, marked } = this.state;
    this.before.hidden = Boolean(signed) || !this.can("sign_off");
    const left = this.state.unanswered ? `${unanswered(this.state, "have")}; signing leaves them as marked by machine.` : marked ? `All ${marked} marks have an answer.` : "";
    this.before.replaceChildren(...[this.state.officer, left, `The officer reads this form, with comment and notes, once it is signed${this.state.hold ? " and the hold has ended" : ""}.`].filter(Boolean).map((text) => el("p", {}, text)));
  }

  // Signatures that were opened again: nothing of them is lost when the form is signed anew.
  #tellHistory() {
    const { signings } = this.state;
    this.history.hidden = !signings.length;
    this.history.replaceChildren(el("h4", {}, "Signed before, and reopened"), el("ol", { class: "plain" }, ...signings.map((one) => el("li", {},
      `Signed off by ${this.name(one.signed.by)}, ${one.signed.on}${one.choice ? `: ${one.choice}` : ""}.`,
      one.comment ? ` Comment: “${one.comment}”` : "", one.signed.marked ? ` ${unanswered(one.signed, "had")} then.` : "",
      el("br"), `Reopened by ${this.name(one.reopened.by)}, ${one.reopened.on}: ${one.reopened.text}`))));
  }

  // Marks are judged in the page's player; their number is asked for again when somebody comes to the end of the form.
  #count() {
    if (this.state.signed || Date.now() - (this.counted ?? 0) < RECOUNT) return;
    this.counted = Date.now();
    this.fetch();
  }

  openItems() {
    return this.items.filter(({ holds }) => !holds?.reply);
  }

  firstAfterItems() {
    return { focus: () => (this.listen.querySelector("button") ?? this.endings[0])?.focus() };
  }

  play(at) {
    playAt(this.state.recording, at, this.state.lead_in);
  }

  // The page goes up to its player; `g`, or a button that stays in sight, leads back to the question.
  #playFrom(item, mark) {
    this.from = item;
    this.back.textContent = `Back to question ${this.items.indexOf(item) + 1}`;
    this.back.hidden = false;
    this.play(mark.at);
  }

  #goBack() {
    this.back.hidden = true;
    const to = this.from ?? this.openItems()[0] ?? this.items[0] ?? this.firstAfterItems();
    this.from = null;
    to.focus();
  }

  // Played by the page's player from a little before, which tells the server what was heard; it stops at the end.
  #playStretch(stretch) {
    this.play(stretch.start);
    this.until = stretch.end;
  }

  #look() {
    const { stretch } = this.state;
    const media = stretch && stretch.heard < stretch.needed ? mediaOfPage(this.root.getRootNode()) : null;
    if (!media) return;
    const now = media.currentTime;
    if (this.until && now >= this.until && now < this.until + PASSED && !media.paused) {
      this.until = null;
      media.pause();
    }
    const inside = now >= stretch.start && now <= stretch.end + PASSED;
    // The player tells what was played when it stops; that is on its way for a moment.
    if (inside && media.paused && !(this.looked > TRIES)) {
      this.looked = (this.looked ?? 0) + 1;
      this.fetch();
    } else if (!media.paused) {
      this.looked = 0;
    }
  }

  #signOff() {
    this.comment.commit();
    for (const { note } of this.items) note.commit();
    if (this.ready && this.editable) this.act("sign_off");
    else this.left.querySelector("button")?.focus();
  }

  #reopen(event) {
    event.preventDefault();
    const why = this.why.value.trim();
    if (!why) return this.why.focus();
    this.act("reopen", "", { why });
    this.why.value = "";
  }

  // The player has the key, so that it stands in the player's list and can be changed there.
  #tellKey() {
    const [key] = new Keymap(this.state.user).keys("question");
    this.nextKey.textContent = key ? keyName(key) : "no key";
  }

  close() {
    for (const item of this.items) item.close();
    this.comment.close();
    clearInterval(this.looking);
    for (const [name, listener] of Object.entries(this.listeners)) document.removeEventListener(name, listener);
    super.close();
  }
}
