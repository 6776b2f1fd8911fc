// Which part of the recording the lanes show; whoever draws it is told when that changes.

const SHORTEST = 2; // seconds across the lanes at the closest
const STEP = 1.6; // how much closer one zoom goes
const PART = 0.5; // of what is shown, by which a key moves it

export class View {
  constructor(seconds, onChange) {
    this.seconds = Math.max(seconds, 0.001);
    this.onChange = onChange;
    [this.from, this.to] = [0, this.seconds];
  }

  get length() {
    return this.to - this.from;
  }

  get whole() {
    return this.length >= this.seconds - 0.001;
  }

  holds(time) {
    return time >= this.from && time <= this.to;
  }

  // Where `time` lies in what is shown, 0 to 1 from left to right.
  place(time) {
    return (time - this.from) / this.length;
  }

  time(place) {
    return this.from + place * this.length;
  }

  show(from, length) {
    const shown = Math.min(Math.max(length, Math.min(SHORTEST, this.seconds)), this.seconds);
    const start = Math.min(Math.max(0, from), this.seconds - shown);
    if (start === this.from && shown === this.length) return;
    [this.from, this.to] = [start, start + shown];
    this.onChange();
  }

  // `steps` closer (or, negative, further), the instant `around` staying where it is.
  zoom(steps, around) {
    const length = Math.min(Math.max(this.length / STEP ** steps, Math.min(SHORTEST, this.seconds)), this.seconds);
    this.show(around - this.place(around) * length, length);
  }

  pan(parts) {
    this.show(this.from + parts * PART * this.length, this.length);
  }

  showAll() {
    this.show(0, this.seconds);
  }

  // Turns to the part in which `time` lies, a little after its beginning.
  turnTo(time) {
    if (!this.holds(time)) this.show(time - 0.1 * this.length, this.length);
  }
}
