// Small helpers to build the forms' DOM; text always goes in as text nodes, never as HTML.

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null && child !== false));
  return node;
}

// A button that submits nothing.
export function button(text, attributes = {}) {
  return el("button", { type: "button", ...attributes }, text);
}

// A field with its name above it.
export function field(name, input, hint = "") {
  return el("label", { class: "field" }, el("span", {}, name), input, hint && el("span", { class: "quiet" }, hint));
}

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

// The seconds of "75", "1:15" or "1:02:03"; null for anything else.
export function seconds(text) {
  const parts = text.trim().split(":");
  if (!parts.length || parts.length > 3 || !parts.every((part) => /^\d+(\.\d+)?$/.test(part))) return null;
  return parts.reduce((sum, part) => 60 * sum + Number(part), 0);
}

// Makes the page's own players go to this moment, by the same links that the page has; without a player it opens one.
export function playAt(recording, at, leadIn) {
  const link = el("a", { href: `/listen?recording=${recording}&at=${Math.max(0, at - leadIn)}`, "data-at": at, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
}

// The element that plays the recording in this page, wherever in it it is; null when there is none.
export function mediaOfPage(own) {
  for (const host of document.querySelectorAll("*")) {
    const found = host.shadowRoot && host.shadowRoot !== own && host.shadowRoot.querySelector(".player video, .player audio");
    if (found) return found;
  }
  return null;
}

// What this browser keeps for one person; a browser that keeps nothing only forgets sooner.
export const kept = {
  read(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  },
  write(key, value) {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(value));
    } catch {
      // Full or forbidden.
    }
  },
};
