// Small helpers to build the player's DOM; text always goes in as text nodes, never as HTML.

const SVG = "http://www.w3.org/2000/svg";
// One shape for each direction and kind of moment, so that colour is never the only sign (markup.py has the directions').
export const SHAPES = {
  deescalating: "M1 2h10L6 11z",
  escalating: "M1 10h10L6 1z",
  civilian: "M6 1a5 5 0 1 0 .01 0z",
  event: "M2 2h8v8H2z",
  signal: "M6 .5 11.5 6 6 11.5.5 6z",
  note: "M1 1h10v7H6.5L3 11V8H1z",
  bookmark: "M3 1h6v10L6 8.2 3 11z",
  praise: "M6 .6 7.7 4.2 11.6 4.6 8.7 7.2 9.5 11 6 9.1 2.5 11 3.3 7.2.4 4.6 4.3 4.2z",
};

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

// A button that submits nothing.
export function button(text, attributes = {}) {
  return el("button", { type: "button", ...attributes }, text);
}

export function shape(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 12 12");
  svg.setAttribute("class", "shape");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", SHAPES[name] ?? SHAPES.event);
  svg.append(path);
  return svg;
}

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

// Where the first of `sorted` lies whose `at` is after `value`; its length when there is none.
export function firstAfter(sorted, value, at) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(sorted[middle]) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

// Scrolls only inside `pane` while any of it can be seen: scrollIntoView would move the page under the reader's hands.
// On a small or zoomed window the pane may lie below the fold; then the page moves, so that nobody judges the unseen.
// What only follows the playing leaves the page where the reader has put it.
export function reveal(pane, node, { page = true } = {}) {
  const [outer, inner] = [pane.getBoundingClientRect(), node.getBoundingClientRect()];
  if (inner.top < outer.top || inner.bottom > outer.bottom) {
    pane.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 3;
  }
  if (!page) return;
  if (outer.top > window.innerHeight - inner.height || outer.bottom < inner.height) {
    node.scrollIntoView({ block: "nearest" });
  }
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
      localStorage.setItem(key, JSON.stringify(value));
    } catch {
      // Full or forbidden.
    }
  },
};
