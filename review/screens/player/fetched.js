// What the player fetches by address: words, the outline of the sound, and where the marks stand.

export const COARSE = 16; // pairs of the outline in one of its coarse copy
const AWAY = "The transcript could not be fetched. Is the program still running? Load the page again.";

// {words} as the server sends them, or {problem} in plain words.
export async function fetchWords(url) {
  try {
    const answer = await fetch(url);
    const words = await answer.json();
    return answer.ok ? { words } : { problem: words.error };
  } catch {
    return { problem: AWAY };
  }
}

// {corrections, last}: what people put right up to now, and the revision that can be taken back; nothing when it cannot be had.
export const NOTHING_CORRECTED = { corrections: [], last: null };
export async function fetchCorrections(url) {
  const answer = url ? await fetch(url).catch(() => null) : null;
  return answer?.ok ? answer.json() : NOTHING_CORRECTED;
}

// {peaks}, or {again} in so many seconds while they are being made, or neither: then there is no waveform.
export async function fetchPeaks(url) {
  const answer = url ? await fetch(url).catch(() => null) : null;
  if (!answer) return {};
  if (!answer.ok) return { again: Number(answer.headers.get("retry-after")) };
  const perSecond = Number(answer.headers.get("x-peaks-per-second"));
  return { peaks: outline(new Int8Array(await answer.arrayBuffer()), perSecond) };
}

// With its loudest value and a coarse copy for views of a whole recording, made once.
function outline(data, perSecond) {
  const coarse = new Int8Array(2 * Math.ceil(data.length / 2 / COARSE));
  let loudest = 8; // a recording of silence is drawn as silence
  for (let pair = 0; 2 * pair < data.length; pair += 1) {
    const into = 2 * Math.floor(pair / COARSE);
    coarse[into] = Math.min(coarse[into], data[2 * pair]);
    coarse[into + 1] = Math.max(coarse[into + 1], data[2 * pair + 1]);
    loudest = Math.max(loudest, -data[2 * pair], data[2 * pair + 1]);
  }
  return { data, perSecond, coarse, loudest };
}

export async function fetchStandings(url) {
  const answer = await fetch(url).catch(() => null);
  return answer?.ok ? (await answer.json()).flags : null;
}
