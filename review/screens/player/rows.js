// What is drawn on the lanes, one row each; a row knows its name, its height and how to draw itself.
//
// `draw(pen, box)` gets a canvas context and {y, height, width, view, tones, x(time)}; nothing is kept between two draws.

import { clock, SHAPES } from "./dom.js";
import { COARSE } from "./fetched.js";

export const ROWS = ["deescalating", "escalating", "civilian", "event", "signal"];
const NARROWEST = 3; // pixels of a mark on a long recording
const VOICES = 6; // rows; further voices share the last one
const STEPS = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600]; // seconds between two ticks
const TICK_ROOM = 76; // pixels
const BADGE = 9; // pixels

// All rows that there is something for, from top to bottom.
export function rowsOf({ peaks, voices, turns, flags, tension, seconds, moments, stands, said, picked }) {
  const rows = [rulerRow()];
  if (peaks?.data.length) rows.push(waveRow(peaks));
  rows.push(...voiceRows(voices, turns));
  for (const direction of ROWS) {
    const these = flags.filter((flag) => flag.direction === direction);
    if (these.length) rows.push(flagRow({ direction, name: these[0].direction_name, flags: these, stands, said, picked }));
  }
  if (tension.length) rows.push(tensionRow(tension, seconds));
  if (moments.length) rows.push(momentRow(moments));
  return rows;
}

function rulerRow() {
  return { name: "", height: 15, draw(pen, { y, height, width, view, tones, x }) {
    const step = STEPS.find((one) => (one / view.length) * width >= TICK_ROOM) ?? STEPS.at(-1);
    pen.fillStyle = tones.quiet;
    pen.font = `11px ${tones.font}`;
    pen.textBaseline = "middle";
    for (let at = Math.ceil(view.from / step) * step; at <= view.to; at += step) {
      pen.fillRect(Math.round(x(at)), y + height - 4, 1, 4);
      const text = step < 1 && at % 1 ? `${clock(at)}.5` : clock(at);
      if (x(at) + pen.measureText(text).width + 3 < width) pen.fillText(text, x(at) + 3, y + height / 2);
    }
  } };
}

// The outline of the sound; `data` are pairs of int8 as the server sends them.
function waveRow({ data, perSecond, coarse, loudest }) {
  return { name: "Sound", height: 54, draw(pen, { y, height, width, view, tones }) {
    const [middle, scale] = [y + height / 2, (height / 2 - 1) / loudest];
    const perPixel = (view.length * perSecond) / width;
    const [from, each] = perPixel > 2 * COARSE ? [coarse, perSecond / COARSE] : [data, perSecond];
    pen.fillStyle = tones.wave;
    pen.beginPath();
    for (let column = 0; column < width; column += 1) {
      const first = Math.floor(view.time(column / width) * each);
      const last = Math.max(first + 1, Math.floor(view.time((column + 1) / width) * each));
      let [low, high] = [0, 0];
      for (let pair = first; pair < last && 2 * pair < from.length; pair += 1) {
        if (from[2 * pair] < low) low = from[2 * pair];
        if (from[2 * pair + 1] > high) high = from[2 * pair + 1];
      }
      pen.rect(column, middle - high * scale, 1, Math.max(1, (high - low) * scale));
    }
    pen.fill();
  } };
}

function voiceRows(voices, turns) {
  const rows = voices.order.slice(0, VOICES).map((speaker) => ({ name: voices.name(speaker), sign: voices.sign(speaker), spans: [] }));
  for (const { speaker, words } of turns) {
    if (words.length) rows[Math.min(voices.order.indexOf(speaker), VOICES - 1)].spans.push([words[0][1], words.at(-1)[2]]);
  }
  if (voices.order.length > VOICES) rows.at(-1).name = `${voices.order.length - VOICES + 1} others`;
  return rows.map(voiceRow);
}

function voiceRow({ name, sign, spans }) {
  return { name, sign, height: 13, draw(pen, { y, height, view, tones, x }) {
    pen.fillStyle = tones[sign];
    for (const [start, end] of spans) {
      if (end < view.from || start > view.to) continue;
      pen.fillRect(x(start), y + 2, Math.max(1, x(end) - x(start)), height - 4);
    }
  } };
}

// `stands(id)` tells where a mark stands; rejected ones are drawn faint. `said(id)`: the officer answered to it.
function flagRow({ direction, name, flags, stands, said, picked }) {
  return { name, direction, flags, said, height: 14, draw(pen, box) {
    const hatched = hatching(pen, box.tones[direction]);
    for (const flag of [...flags].sort((a, b) => b.unsure - a.unsure)) {
      if (flag.end < box.view.from || flag.start > box.view.to) continue;
      const [left, width] = [box.x(flag.start), Math.max(NARROWEST, box.x(flag.end) - box.x(flag.start))];
      pen.globalAlpha = stands(flag.id) === "rejected" ? 0.3 : 1;
      pen.fillStyle = flag.unsure ? hatched : box.tones[direction];
      pen.fillRect(left, box.y + 2, width, box.height - 4);
      pen.strokeStyle = box.tones[direction];
      pen.lineWidth = 1;
      pen.strokeRect(left + 0.5, box.y + 2.5, Math.max(1, width - 1), box.height - 5);
      pen.globalAlpha = 1;
      if (said(flag.id)) badge(pen, left + width + 1, box.y + 2, box.tones.ink);
      if (flag.id !== picked()) continue;
      pen.strokeStyle = box.tones.ink;
      pen.lineWidth = 2;
      pen.strokeRect(left - 1, box.y + 1, width + 2, box.height - 2);
    }
  } };
}

// A small speech bubble beside a mark.
function badge(pen, x, y, tone) {
  pen.save();
  pen.translate(x, y);
  pen.scale(BADGE / 12, BADGE / 12);
  pen.fillStyle = tone;
  pen.fill(new Path2D(SHAPES.note));
  pen.restore();
}

function hatching(pen, tone) {
  const tile = new OffscreenCanvas(4, 4);
  const ink = tile.getContext("2d");
  ink.strokeStyle = tone;
  ink.lineWidth = 1.4;
  for (const from of [-4, 0, 4]) {
    ink.beginPath();
    ink.moveTo(from, 4);
    ink.lineTo(from + 4, 0);
    ink.stroke();
  }
  return pen.createPattern(tile, "repeat");
}

// Light is marked by machine, dark is verified by people; `bars` are [at, marked, verified], shares of the highest.
function tensionRow(bars, seconds) {
  return { name: "Tension", height: 26, draw(pen, { y, height, view, tones, x }) {
    bars.forEach(([at, marked, verified], number) => {
      const end = bars[number + 1]?.[0] ?? seconds;
      if (end < view.from || at > view.to) return;
      pen.fillStyle = tones.event;
      for (const [share, alpha] of [[marked, 0.45], [verified, 1]]) {
        pen.globalAlpha = alpha;
        pen.fillRect(x(at), y + height - share * (height - 2), Math.max(1, x(end) - x(at) + 0.5), share * (height - 2));
      }
      pen.globalAlpha = 1;
    });
  } };
}

function momentRow(moments) {
  return { name: "Notes", moments, height: 15, draw(pen, { y, height, view, tones, x }) {
    for (const { kind, at } of moments) {
      if (!view.holds(at)) continue;
      pen.save();
      pen.translate(x(at) - 6, y + (height - 12) / 2);
      pen.fillStyle = tones[kind];
      pen.fill(new Path2D(SHAPES[kind]));
      pen.restore();
    }
  } };
}
