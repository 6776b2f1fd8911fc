// Links from one of our pages to another, followed as Streamlit follows its own: without loading the program anew.

let pages = new Set();

export function knowPages(paths) {
  pages = new Set(paths);
}

document.addEventListener("click", (event) => {
  const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (link.hasAttribute("download") || !["", "_self"].includes(link.target)) return;
  const to = new URL(link.href);
  if (to.origin !== location.origin || !pages.has(to.pathname)) return;
  // What a page does with links to itself is its own affair (the player goes to the moment).
  if (to.pathname === location.pathname) return;
  event.preventDefault();
  history.pushState({}, "", to);
  // Streamlit shows the page of the address whenever the reader goes back or forth, and so here.
  window.dispatchEvent(new PopStateEvent("popstate"));
});
