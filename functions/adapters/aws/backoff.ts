const firstMs = 25;
const longestMs = 1000;

/** Full jitter: those that met each other do not meet again. @param attempt from 1 */
export const backoffMs = (attempt: number) =>
  Math.random() * Math.min(longestMs, firstMs * 2 ** attempt);
