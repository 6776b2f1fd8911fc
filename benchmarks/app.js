// What the benchmark of the app looks at from inside the page; benchmarks/app.py puts it into each window.
window.bench = { roots: [] };

// The player lives in a shadow root, which is remembered when it is made.
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (how) {
  const root = attach.call(this, how);
  bench.roots.push(root);
  return root;
};
bench.root = () => bench.roots.findLast((root) => root.isConnected && root.querySelector(".player"));
bench.card = (flag) => bench.root().querySelector(`.card[data-flag="${flag}"]`);

// Milliseconds from `since` until so many words are there and a frame was drawn after them.
bench.painted = ([words, since]) => new Promise((tell) => {
  const look = () => {
    const shown = bench.root()?.querySelectorAll(".word").length ?? 0;
    if (shown < words) return requestAnimationFrame(look);
    setTimeout(() => tell(performance.now() - since)); // after the frame that this one is called before
  };
  requestAnimationFrame(look);
});

// When parts of opening were done, in milliseconds since the page was asked for.
bench.parts = () => {
  const all = performance.getEntriesByType("resource");
  const of = (what) => all.filter(({ name }) => what.test(name));
  const ours = of(/bidi-components\/review\.player\/.*\.js/);
  const words = of(/\/transcript$/);
  return {
    "our first file asked for": Math.min(...ours.map((one) => one.startTime)),
    "our files fetched": Math.max(...ours.map((one) => one.responseEnd)),
    "the words asked for": Math.min(...words.map((one) => one.startTime)),
    "the words fetched": Math.max(...words.map((one) => one.responseEnd)),
  };
};

// Milliseconds from a click on a word until the media is there, and until it plays on.
bench.seek = (number) => new Promise((tell) => {
  const media = bench.root().querySelector("video, audio");
  const word = bench.root().querySelectorAll(".word")[number];
  const took = {};
  let began = 0;
  const note = (what) => {
    took[what] ??= performance.now() - began;
    if (took.seeked === undefined || took.playing === undefined) return;
    media.removeEventListener("seeked", seeked);
    media.removeEventListener("timeupdate", playing);
    tell([took.seeked, took.playing]);
  };
  const seeked = () => note("seeked");
  const playing = () => took.seeked !== undefined && !media.paused && note("playing");
  word.scrollIntoView({ block: "center" });
  requestAnimationFrame(() => setTimeout(() => {
    media.addEventListener("seeked", seeked);
    media.addEventListener("timeupdate", playing);
    began = performance.now();
    word.click();
  }, 50));
});

bench.answer = ([flag, answer]) => bench.card(flag).querySelector(`.${answer}`).click();

// Milliseconds from an answer until its card says that it is saved.
bench.verdict = ([flag, answer]) => new Promise((tell) => {
  const card = bench.card(flag);
  const chosen = card.querySelector(`.${answer}`);
  const began = performance.now();
  const watch = new MutationObserver(() => {
    if (card.dataset.saved !== "true" || chosen.getAttribute("aria-pressed") !== "true") return;
    watch.disconnect();
    tell(performance.now() - began);
  });
  watch.observe(card, { attributes: true, subtree: true });
  chosen.click();
});
