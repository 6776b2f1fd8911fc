// Small helpers to build the player's DOM; text always goes in as text nodes, never as HTML.

const SVG = "http://www.w3.org/2000/svg";
// One shape for each direction, so that colour is never the only sign (markup.py shows the same ones).
const SHAPES = {
  deescalating: "M1 2h10L6 11z",
  escalating: "M1 10h10L6 1z",
  civilian: "M6 1a5 5 0 1 0 .01 0z",
  event: "M2 2h8v8H2z",
  signal: "M6 .5 11.5 6 6 11.5.5 6z",
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

export function shape(direction) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 12 12");
  svg.setAttribute("class", "shape");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", SHAPES[direction] ?? SHAPES.event);
  svg.append(path);
  return svg;
}

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

// Scrolls only inside `pane` while any of it can be seen: scrollIntoView would move the page under the reader's hands.
// On a small or zoomed window the pane may lie below the fold; then the page moves, so that nobody judges the unseen.
export function reveal(pane, node) {
  const [outer, inner] = [pane.getBoundingClientRect(), node.getBoundingClientRect()];
  if (inner.top < outer.top || inner.bottom > outer.bottom) {
    pane.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 3;
  }
  if (outer.top > window.innerHeight - inner.height || outer.bottom < inner.height) {
    node.scrollIntoView({ block: "nearest" });
  }
}
