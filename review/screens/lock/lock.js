// Hides the screen when nobody has touched it for a while, and asks who is there, without losing what is open.
//
// One for the whole window, whichever page is shown. The server is told, and answers nothing else until it is unlocked.

import { knowPages } from "./links.js";

const LOOK = 5000; // milliseconds between two looks at the clock, which goes on while a laptop sleeps
const TELL = 5000; // milliseconds until other windows hear again that somebody is there
const HEADERS = { "x-requested-by": "bodycam-review", accept: "application/json" };
const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"];
const FULL = "position:fixed;inset:0;width:100vw;height:100vh;max-width:none;max-height:none;margin:0;border:0;";

let lock = null;

// The bare address shows no page and only goes on to one (start.py): whoever goes back to it means what was before it.
// Streamlit must not hear of it: it would go on to the same page again before the browser has gone back.
window.addEventListener("popstate", (event) => {
  if (location.pathname !== "/") return;
  event.stopImmediatePropagation();
  history.back();
}, true);

// Streamlit calls this at each run of a page; the first one starts the watch.
export default function ({ data }) {
  lock ??= new Lock();
  knowPages(data.pages);
}

class Lock {
  constructor() {
    this.last = Date.now();
    this.told = 0;
    this.dialog = null;
    this.state = { minutes: 15, most: 30, how: "password+totp", name: "" };
    this.channel = new BroadcastChannel("bodycam-review:lock");
    this.channel.onmessage = ({ data }) => this.heard(data);
    for (const sign of SIGNS) window.addEventListener(sign, (event) => this.touched(event), { capture: true, passive: false });
    for (const key of ["keyup", "keypress"]) window.addEventListener(key, (event) => this.guard(event), true);
    document.addEventListener("visibilitychange", () => this.look());
    setInterval(() => this.look(), LOOK);
    this.ask();
  }

  async ask() {
    const answer = await fetch("/lock", { headers: HEADERS }).catch(() => null);
    if (!answer?.ok) return;
    this.state = await answer.json();
    if (this.state.locked) this.hide();
  }

  touched(event) {
    if (this.dialog) return this.guard(event);
    const now = Date.now();
    // After a long sleep the first touch must not count: the look comes first.
    if (now - this.last >= this.limit()) return this.look();
    this.last = now;
    if (now - this.told > TELL) this.tell({ touched: (this.told = now) });
  }

  // While it is locked, no key reaches the page behind; what is typed still arrives in the fields.
  guard(event) {
    if (!this.dialog || !event.type.startsWith("key")) return;
    event.stopImmediatePropagation();
    if (event.key === "Escape") event.preventDefault(); // a second one would close the dialog whatever `cancel` says
  }

  limit() {
    return this.state.minutes * 60000;
  }

  look() {
    if (this.dialog) return;
    const idle = Date.now() - this.last;
    if (idle < this.limit()) return;
    // Somebody may be listening without touching anything, up to the longest time that is allowed.
    if (idle < this.state.most * 60000 && media().some((one) => !one.paused)) return;
    this.lock();
  }

  lock() {
    this.hide();
    this.tell({ locked: true });
    this.send();
  }

  // Until the server knows, the screen is only hidden; so it is told again until it answers.
  async send() {
    const answer = await fetch("/lock", { method: "POST", headers: HEADERS, keepalive: true }).catch(() => null);
    if (answer?.status === 401) this.out = true;
    else if (!answer?.ok && this.dialog) setTimeout(() => this.dialog && this.send(), LOOK);
  }

  heard({ touched, locked }) {
    if (touched) this.last = Math.max(this.last, touched);
    if (locked === true && !this.dialog) this.hide();
    if (locked === false && this.dialog) this.show();
  }

  tell(what) {
    this.channel.postMessage(what);
  }

  hide() {
    for (const one of media()) one.pause();
    if (document.pictureInPictureElement) document.exitPictureInPicture().catch(() => {});
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    for (const one of document.body.children) {
      one.style.setProperty("visibility", "hidden", "important");
      one.inert = true;
    }
    this.root = document.getElementById("root");
    this.root?.style.setProperty("opacity", "0", "important"); // whatever is visible below something hidden
    this.dialog = this.build();
    document.body.append(this.dialog);
    this.dialog.showModal();
    this.dialog.querySelector("input, button").focus();
  }

  show() {
    this.dialog.remove();
    this.dialog = null;
    for (const one of document.body.children) {
      one.style.removeProperty("visibility");
      one.inert = false;
    }
    this.root?.style.removeProperty("opacity");
    this.last = Date.now();
    window.dispatchEvent(new Event("online")); // what waited to be saved is sent now
  }

  build() {
    const dialog = make("dialog", { "aria-labelledby": "bcr-locked", style: `${FULL}display:grid;place-items:center;` });
    dialog.className = "bcr-lock";
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    dialog.addEventListener("close", () => this.dialog === dialog && dialog.showModal());
    const form = make("form");
    const title = make("h1", { id: "bcr-locked" }, "Locked");
    const told = `Signed in as ${this.state.name}. Nothing is lost: unlock to go on where you were.`;
    this.problem = make("p", { role: "alert" });
    this.problem.hidden = true;
    form.append(title, make("p", {}, told), this.problem, ...this.fields());
    form.append(make("button", { type: "submit", class: "bcr-main" }, this.byPage() ? "Sign in again" : "Unlock"));
    form.addEventListener("submit", (event) => this.unlock(event, form));
    const out = make("form", { method: "post", action: "/sign-out" });
    out.append(make("button", {}, "Sign out"));
    const card = make("div", { class: "bcr-lock-card" });
    card.append(form, out);
    dialog.append(card);
    return dialog;
  }

  byPage() {
    return !["demo", "password+totp"].includes(this.state.how);
  }

  fields() {
    if (this.state.how !== "password+totp") return [];
    const field = (name, text, more) => {
      const label = make("label", {}, text);
      label.append(make("input", { name, required: "", ...more }));
      return label;
    };
    return [
      field("password", "Password", { type: "password", autocomplete: "current-password" }),
      field("code", "Code from your authenticator app", { inputmode: "numeric", autocomplete: "one-time-code" }),
    ];
  }

  async unlock(event, form) {
    event.preventDefault();
    const here = location.pathname + location.search;
    if (this.byPage()) return location.assign(`/oidc/start?next=${encodeURIComponent(here)}`);
    const button = form.querySelector("button");
    button.disabled = true;
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch("/unlock", { method: "POST", headers: HEADERS, body }).catch(() => null);
    button.disabled = false;
    if (answer?.ok) {
      this.tell({ locked: false });
      return this.show();
    }
    if (answer?.status === 401) return location.assign(`/sign-in?next=${encodeURIComponent(here)}`);
    const why = answer ? (await answer.json().catch(() => ({}))).error : "The server cannot be reached; try again.";
    this.problem.textContent = why ?? `The server answered ${answer.status}; try again.`;
    this.problem.hidden = false;
    for (const input of form.querySelectorAll("input")) input.value = "";
    form.querySelector("input, button").focus();
  }
}

function make(name, attributes = {}, text = "") {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
}

// Every player in the page, also those inside components.
function media(root = document) {
  const found = [...root.querySelectorAll("audio, video")];
  for (const one of root.querySelectorAll("*")) if (one.shadowRoot) found.push(...media(one.shadowRoot));
  return found;
}
