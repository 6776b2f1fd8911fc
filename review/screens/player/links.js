// The page's own links to moments carry their time; while the player is there they need not open the page anew.

export function followLinks(onTime) {
  const follow = (event) => {
    const link = event.target instanceof Element && event.target.closest("a[data-at]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
    event.preventDefault();
    onTime(Number(link.dataset.at));
  };
  document.addEventListener("click", follow);
  return () => document.removeEventListener("click", follow);
}
