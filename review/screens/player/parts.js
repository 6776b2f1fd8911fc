// What a player is made of, and how it is put on the page.

import { Answers } from "./answers.js";
import { Cards } from "./cards.js";
import { Corrections } from "./correct.js";
import { el } from "./dom.js";
import { Heard } from "./heard.js";
import { Help } from "./help.js";
import { Lanes } from "./lanes.js";
import { Media } from "./media.js";
import { Moments } from "./moments.js";
import { Outbox } from "./outbox.js";
import { Reading } from "./reading.js";
import { Refer } from "./refer.js";
import { Resume } from "./resume.js";
import { Saved } from "./saved.js";
import { Search } from "./search.js";
import { Tabs } from "./tabs.js";
import { Toolbar } from "./toolbar.js";
import { Transcript } from "./transcript.js";
import { Verify } from "./verify.js";

// Makes the parts, each told whom to tell; they are the player's own.
export function makeParts(player) {
  const { data } = player;
  const [onSeek, onFlag] = [(at) => player.media.play(at), (flag) => player.playFlag(flag)];
  player.media = new Media({
    url: data.urls.media, video: data.video, seconds: data.seconds,
    onTick: (now, playing) => player.tick(now, playing), onJump: () => player.heard.end(),
    onRate: (speed) => player.tools.tellSpeed(speed), onLoop: (on) => player.tools.tellRepeat(on),
  });
  player.outbox = new Outbox({ urls: data.urls, user: data.user, recording: data.recording,
    onChange: () => player.changed(), onSaved: (name, body, sent) => player.received(name, body, sent) });
  player.answers = new Answers(player.outbox);
  player.transcript = new Transcript({ onSeek, onFlag: (id) => player.pick(player.known.get(id)) });
  player.search = new Search({ onShow: (first, last) => player.transcript.goTo(first, last), onPlay: (first) => onSeek(player.transcript.startOf(first)),
    onMarks: (places) => player.transcript.find(places) });
  player.corrections = new Corrections({ may: player.data.may.includes("correct"), transcript: player.transcript, seconds: data.seconds,
    onCorrect: (made) => player.outbox.add("corrections", { body: { revision: player.data.revision, corrections: made } }),
    onFirst: (on) => player.showFirst(on), onElsewhere: () => player.reading.fetch(player.revision) });
  player.reading = new Reading({ urls: data.urls, transcript: player.transcript, search: player.search, corrections: player.corrections,
    wordSure: data.word_sure, onNewer: (revision) => player.newer(revision) });
  player.cards = new Cards({ flags: data.flags, judges: player.data.judges, serious: data.serious_told, onPlay: onFlag, onPick: (flag) => player.pick(flag),
    onAnswer: (flag, answer, note) => player.answer(flag, answer, note), onUndo: (flag) => player.answers.undo(flag),
    onFilter: () => player.verify?.tell() });
  player.verify = new Verify({ flags: data.flags, scope: () => player.cards.inScope, answers: player.answers,
    onGo: (flag, play) => player.goTo(flag, play), onChange: () => player.verifying() });
  player.heard = new Heard({ flags: data.flags, length: () => player.media.length, onFlag: (id) => player.cards.heard(id),
    onStretch: (start, end) => player.act("listened", { body: { start, end } }) });
  player.lanes = new Lanes({ seconds: data.seconds, onSeek, onFlag, onMoment: (moment) => player.playMoment(moment) });
  player.moments = new Moments({ may: player.data.may, flags: data.flags, onAct: ({ kind, ...rest }) => player.act(kind, rest),
    onPlay: (moment) => player.playMoment(moment), onForm: (kind) => player.momentAsked(kind), onChange: () => player.tellMoments() });
  player.refer = new Refer({ closes: player.data.hold_closes, onRefer: (why) => player.act("refer", { body: { why } }) });
  player.help = new Help({ keymap: player.keymap, offered: (id) => player.offered(id), onChange: () => player.hints() });
  player.tools = new Toolbar({ media: player.media, zoom: player.lanes.controls, moments: player.moments.buttons, may: player.data.may,
    onRepeat: () => player.repeat(), onRefer: () => player.refer.ask(), onHelp: () => player.help.toggle() });
}

export function build(player) {
  player.saved = new Saved();
  player.follow = el("input", { type: "checkbox", checked: true, onchange: () => (player.transcript.follow = player.follow.checked) });
  player.resume = new Resume({ media: player.media, onVerify: (from) => player.verify.start({ from }) });
  player.held = el("p", { class: "notice grave", role: "status", hidden: true });
  const legend = el("div", { class: "legend" }, "Dotted: doubtful word. Italic: somebody else talks, too. Hatched: the machine is unsure. Speech bubble: the officer answered.");
  const reading = el("div", { class: "bar" }, player.search.root, el("label", {}, player.follow, " Follow while playing"));
  const below = el("div", { class: "bar" }, legend, el("div", { class: "group" }, player.corrections.undo, player.corrections.first));
  const left = el("div", { class: "left" }, reading, player.corrections.root, player.transcript.pane, below, player.corrections.history);
  const judging = el("div", { class: "bar" }, player.saved.root, ...(player.data.judges ? [player.verify.toggleButton] : []));
  player.tabs = new Tabs([["Marks", player.cards.root], ["Notes", player.moments.list]]);
  player.tabs.count("Marks", player.data.flags.length);
  const right = el("div", { class: "right" }, player.media.node, player.media.trouble, player.held, player.resume.root, player.moments.form, player.moments.told, judging,
    player.verify.root, player.tabs.root, player.cards.root, player.moments.list);
  return el("section", { class: "player", "aria-label": "Player" }, player.lanes.root, player.tools.root,
    el("div", { class: "columns" }, left, right), player.help.root, player.refer.root);
}
