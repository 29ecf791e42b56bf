const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** After each attempt that failed: soon at first, and for a little more than a day in all. */
const delaysMs = [
  ...[5_000, 30_000, 2 * minuteMs, 10 * minuteMs, 30 * minuteMs],
  ...[hourMs, 2 * hourMs, 4 * hourMs, 8 * hourMs, 10 * hourMs],
];
/** So much longer at most, so that what failed together does not come together again. */
const jitter = 0.2;

/** @returns how long to wait after that many attempts; `undefined` where it was the last */
export function retryDelayMs(tries: number): number | undefined {
  const delayMs = delaysMs[tries - 1];
  return delayMs === undefined ? undefined : Math.round(delayMs * (1 + jitter * Math.random()));
}
