// A moment that is shared with trainers or with oversight: who hears it, from when to when, and why.

import { button, clock, el, field, seconds } from "./dom.js";

const AROUND = 2; // seconds before and after a mark

export class Share {
  // `form.marks` are the moments that can be chosen by name.
  constructor(form) {
    this.form = form;
    const marks = [...form.marks.values()];
    this.mark = el("select", { onchange: () => this.#take(form.marks.get(this.mark.value)) }, el("option", { value: "" }, "Choose a mark, or give the times"),
      ...marks.map((mark) => el("option", { value: mark.id }, `${mark.name} ${clock(mark.at)}`)));
    this.from = el("input", { size: 7, placeholder: "0:00", required: true });
    this.to = el("input", { size: 7, placeholder: "0:00", required: true });
    this.with = el("select", {}, el("option", { value: "trainer" }, "Trainers"), el("option", { value: "oversight" }, "Oversight"));
    this.text = el("input", { maxlength: 500, placeholder: "What is to be learned from it" });
    this.wrong = el("p", { role: "alert", class: "wrong" });
    this.form_ = el("form", { onsubmit: (event) => this.#share(event) },
      el("div", { class: "row" }, field("Moment", this.mark), field("From", this.from), field("To", this.to), field("With", this.with)),
      el("div", { class: "row grow" }, field("Why", this.text), el("button", {}, "Share")), this.wrong);
    this.list = el("ul", { class: "plain" });
    this.root = el("details", { class: "share" }, el("summary", {}, "Share a moment for training or oversight"),
      (this.told = el("p", { class: "quiet" }, "They hear and read this stretch and nothing around it; speakers are told by role. Whatever is said in it is heard as it is, ",
        "names too. They see neither the recording's name nor whose it is.")), this.form_, this.list);
  }

  // Opens with this stretch filled in.
  open({ at, end }) {
    this.root.open = true;
    this.mark.value = "";
    this.#take({ at, end: end ?? at });
    this.root.scrollIntoView({ block: "nearest" });
    this.text.focus({ preventScroll: true });
  }

  #take(mark) {
    if (!mark) return;
    this.from.value = clock(mark.at - AROUND);
    this.to.value = clock(Math.min(Math.ceil(mark.end + AROUND), this.form.state.seconds));
  }

  show() {
    const { form } = this;
    const gone = new Set(form.fresh.filter(({ kind }) => kind === "withdraw").map(({ about }) => about));
    const fresh = form.fresh.filter(({ kind }) => kind === "share").map(({ id, about, body }) => ({ id, mine: true, heard: true,
      with: about === "trainer" ? "trainers" : "oversight", clock: `${clock(body.start)}–${clock(body.end)}`, text: body.text, by: form.state.user, saving: form.pending.has(id) }));
    const all = [...form.state.shares, ...fresh].filter(({ id }) => !gone.has(id));
    // While a recording is held nobody but internal affairs shares, and whoever did before can still take it back.
    this.form_.hidden = this.told.hidden = !form.can("share");
    this.root.hidden = this.form_.hidden && !all.some(({ mine }) => mine);
    this.list.replaceChildren(...all.map((one) => el("li", { "data-share": one.id },
      `${one.clock} with ${one.with}${one.text ? `: ${one.text}` : ""}`,
      el("span", { class: "quiet" }, one.saving ? " saving …" : ` by ${form.name(one.by)}${one.heard ? "" : ", not heard while the recording is held"}`),
      one.mine ? button("Stop sharing", { class: "quiet-button", onclick: () => form.act("withdraw", one.id) }) : null)));
  }

  #share(event) {
    event.preventDefault();
    const [start, end] = [seconds(this.from.value), seconds(this.to.value)];
    const { longest, seconds: whole } = this.form.state;
    this.wrong.textContent = start === null || end === null ? "Give the times as minutes and seconds, like 1:15."
      : end <= start ? "A moment ends after it begins."
      : end - start > longest ? `A moment is at most ${longest / 60} minutes long; share a shorter one.`
      : start >= whole ? "This is after the recording's end." : "";
    if (this.wrong.textContent) return;
    this.form.act("share", this.with.value, { start, end: Math.min(end, whole), text: this.text.value.trim() });
    for (const one of [this.from, this.to, this.text, this.mark]) one.value = "";
  }
}
