// One key for each thing that a reviewer does all day; typing in a field is never taken for one.

export const SHORTCUTS = [
  ["Space, k", "play or pause"],
  ["j, l", "5 seconds back, forward"],
  ["n, p", "next, previous mark (plays from 2 seconds before)"],
  ["a, d", "agree, disagree with the chosen mark"],
  ["z", "take the last answer back"],
  ["?", "show or hide this list"],
];

const TYPING = "input, textarea, select, [contenteditable=''], [contenteditable='true']";

export function listen(actions) {
  const act = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    // Inside a shadow root event.target is the host; the first step of the path is what has the focus.
    const target = event.composedPath()[0];
    if (target instanceof Element && target.closest(TYPING)) return;
    const onButton = target instanceof Element && target.closest("button, a, summary");
    if (event.key === " " && onButton) return;
    const key = event.key === " " ? "k" : event.key.toLowerCase(); // Caps Lock must not silence the keys
    const action = actions[key];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat || "jl".includes(key)) action();
  };
  // Captured, so that the media element's own keys do not act a second time.
  document.addEventListener("keydown", act, true);
  return () => document.removeEventListener("keydown", act, true);
}
