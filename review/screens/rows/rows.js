// The list of recordings as one piece: Streamlit would build a page of it from two hundred, and take a second for that.
//
// The rows are HTML that the program has made and escaped (library_rows.py); only the ticks are handled here.

const lists = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  if (!lists.has(parentElement)) lists.set(parentElement, new List(parentElement));
  lists.get(parentElement).show(data, setStateValue);
}

class List {
  constructor(root) {
    this.root = root;
    this.html = null;
    this.turn = 0; // how often the ticks have changed, here or at the server, so that an older answer undoes nothing
    root.addEventListener("change", ({ target }) => target.matches("input[data-recording]") && this.tell());
  }

  get ticks() {
    return [...this.root.querySelectorAll("input[data-recording]")];
  }

  get ticked() {
    return this.ticks.filter((tick) => tick.checked).map((tick) => tick.dataset.recording);
  }

  show({ html, ticked, turn }, setStateValue) {
    this.setStateValue = setStateValue;
    const wanted = new Set(turn >= this.turn ? ticked : this.ticked);
    this.turn = Math.max(this.turn, turn);
    if (html !== this.html) this.root.innerHTML = this.html = html;
    for (const tick of this.ticks) tick.checked = wanted.has(tick.dataset.recording);
  }

  tell() {
    this.turn += 1;
    this.setStateValue("ticked", { turn: this.turn, which: this.ticked });
  }
}
