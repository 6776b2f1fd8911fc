// Sends recordings one after the other: dropped or chosen, with progress, each can be cancelled. Text goes in as text.

let form = null; // one for the window: what is being sent goes on while its person looks at other pages
const HEADERS = { "x-requested-by": "bodycam-review", "content-type": "application/octet-stream" };
const LATER = "The server could not be reached. Check the network, then choose the file again.";

export default function (component) {
  form ??= new Form(component.data);
  form.show(component);
  return () => form.leave(component.parentElement);
}

class Form {
  constructor(data) {
    this.data = data;
    this.waiting = [];
    this.now = null;
    this.build();
    window.addEventListener("beforeunload", (event) => (this.now || this.waiting.length) && event.preventDefault());
    window.addEventListener("online", () => this.unlocked()); // the lock tells this way that the screen is unlocked
  }

  show({ data, parentElement, setTriggerValue }) {
    this.data = data;
    this.tellPage = setTriggerValue;
    if (this.parent === parentElement) return;
    this.parent = parentElement;
    parentElement.append(this.box);
  }

  leave(parent) {
    if (this.parent !== parent) return;
    this.parent = null;
    this.tellPage = () => {};
    this.box.remove();
  }

  build() {
    const accept = this.data.suffixes.join(",");
    this.input = el("input", { type: "file", multiple: true, accept, id: "files", onchange: () => this.take(this.input.files) });
    const label = el("label", { for: "files", class: "choose" }, "Choose files");
    const area = el("div", { class: "area" }, el("p", { class: "big" }, "Drop recordings here"), el("p", {}, "or "), this.input, label,
      el("p", { class: "quiet" }, `Video or sound, up to ${size(this.data.limit)} each. The originals are never changed.`));
    area.addEventListener("dragover", (event) => {
      event.preventDefault();
      area.classList.add("over");
    });
    area.addEventListener("dragleave", () => area.classList.remove("over"));
    area.addEventListener("drop", (event) => {
      event.preventDefault();
      area.classList.remove("over");
      this.take(event.dataTransfer.files);
    });
    this.list = el("ul", { class: "files", "aria-label": "Files" });
    this.said = el("p", { class: "said", role: "status" });
    this.box = el("div", { class: "upload" }, area, this.list, this.said);
  }

  take(files) {
    const whose = { ...this.data.whose }; // as it was said when the files were chosen
    for (const file of files) this.waiting.push(this.row(file, whose));
    this.input.value = "";
    this.next();
  }

  row(file, whose) {
    const bar = el("progress", { max: 1, value: 0, "aria-label": `Sending ${file.name}` });
    const state = el("span", { class: "state" }, "waits");
    const stop = el("button", { type: "button", onclick: () => this.cancel(row) }, "Cancel");
    stop.setAttribute("aria-label", `Cancel ${file.name}`);
    const line = el("li", {}, el("span", { class: "name" }, `${file.name} (${size(file.size)})`), bar, state, stop);
    const row = { file, whose, bar, state, stop, line };
    this.list.append(line);
    return row;
  }

  unlocked() {
    this.mayGoOn = true;
    this.next();
  }

  async next() {
    if (this.now) return;
    const row = this.waiting.shift();
    if (!row) return;
    this.mayGoOn = false;
    const wrong = this.wrong(row.file);
    if (wrong) {
      this.end(row, wrong, "refused");
      return;
    }
    this.now = row;
    // A file that is on its way goes on when the screen locks; the next one waits, since the server would refuse it.
    const locked = await isLocked();
    if (this.now !== row) return;
    if (locked) {
      this.hold(row);
      return;
    }
    row.request = new XMLHttpRequest();
    row.request.open("POST", `${this.data.url}?${new URLSearchParams(row.whose)}`);
    for (const [name, value] of Object.entries(HEADERS)) row.request.setRequestHeader(name, value);
    row.request.setRequestHeader("x-file-name", encodeURIComponent(row.file.name));
    row.began = performance.now();
    row.request.upload.onprogress = (event) => this.tellSent(row, event.loaded);
    row.request.upload.onload = () => (row.state.textContent = "sent; being checked…");
    row.request.onload = () => this.answered(row);
    row.request.onerror = () => this.end(row, LATER, "refused");
    row.request.onabort = () => this.end(row, "cancelled", "cancelled");
    row.request.send(row.file);
  }

  hold(row) {
    this.now = null;
    row.request = null;
    this.waiting.unshift(row);
    row.bar.value = 0;
    row.state.textContent = "waits until the screen is unlocked";
    if (this.mayGoOn) this.next(); // it was unlocked before the server's refusal came
  }

  // What can be told before a byte is sent; the server asks the same again.
  wrong(file) {
    const dot = file.name.lastIndexOf(".");
    const suffix = dot < 0 ? "" : file.name.slice(dot).toLowerCase();
    if (!this.data.suffixes.includes(suffix)) return "Not taken: this is no video or sound file that can be read here.";
    if (file.size > this.data.limit) return `Not taken: at most ${size(this.data.limit)} are.`;
    return file.size ? "" : "Not taken: the file is empty.";
  }

  tellSent(row, loaded) {
    const share = loaded / row.file.size;
    row.bar.value = share;
    const seconds = (performance.now() - row.began) / 1000;
    const left = seconds > 2 && share > 0.01 ? `, about ${span((seconds * (1 - share)) / share)} left` : "";
    row.state.textContent = `${Math.floor(100 * share)} % sent${left}`;
  }

  answered(row) {
    let told = {};
    try {
      told = JSON.parse(row.request.responseText);
    } catch {
      // an answer of something in between; its status says enough
    }
    if (row.request.status === 423) {
      this.hold(row); // it was locked in the moment before
    } else if (row.request.status === 201) {
      row.bar.value = 1;
      this.end(row, "sent; it is in the list below", "sent");
      this.tellPage("sent", told.job);
    } else {
      this.end(row, told.error ?? `Not taken (${row.request.status}). Try again later.`, "refused");
    }
  }

  end(row, text, kind) {
    row.state.textContent = text;
    row.line.classList.add(kind);
    row.stop.remove();
    if (kind !== "sent") row.bar.remove();
    if (this.now === row) this.now = null;
    this.said.textContent = `${row.file.name}: ${text}`;
    this.next();
  }

  cancel(row) {
    if (this.now === row && row.request) {
      row.request.abort();
    } else {
      this.waiting = this.waiting.filter((other) => other !== row);
      this.end(row, "cancelled", "cancelled");
    }
  }
}

async function isLocked() {
  const answer = await fetch("/lock", { headers: { "x-requested-by": HEADERS["x-requested-by"] } }).catch(() => null);
  return answer?.ok ? (await answer.json()).locked : false; // what else is wrong is told when the file is sent
}

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

function size(bytes) {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1).replace(".0", "")} GB`;
  return bytes >= 1e6 ? `${Math.round(bytes / 1e6)} MB` : `${Math.max(1, Math.round(bytes / 1e3))} KB`;
}

function span(seconds) {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
