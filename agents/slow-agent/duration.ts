const secondsPerUnit: Readonly<Record<string, number>> = {
  s: 1,
  sec: 1,
  second: 1,
  m: 60,
  min: 60,
  minute: 60,
  h: 3600,
  hour: 3600,
};

/** Searching a long text for durations would itself be slow. */
const maxCharacters = 1_000;

const duration = /(-?\d+(?:\.\d+)?)\s*(seconds?|secs?|s|minutes?|mins?|m|hours?|h)\b/gi;

/** The time a message names, in seconds: "90 s", "2 minutes", "1 minute 30 seconds". */
export function readSeconds(message: string): number | undefined {
  const parts = [...message.slice(0, maxCharacters).matchAll(duration)].map(
    ([, amount, unit = '']) => Number(amount) * toSeconds(unit.toLowerCase()),
  );
  return parts.length === 0 ? undefined : parts.reduce((sum, seconds) => sum + seconds, 0);
}

const toSeconds = (unit: string): number =>
  secondsPerUnit[unit] ?? secondsPerUnit[unit.replace(/s$/, '')] ?? 1;
