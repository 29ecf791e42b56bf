import type { Command } from './protocol.ts';

export const connections = 20;

const full = {
  warmUp: { load: 'latency', connections, count: 500, seconds: 30 },
  accepts: { load: 'accepts', connections, count: 10_000, seconds: 15 },
  /** As many looks as the accepted runs need. */
  drain: { load: 'drain', connections: 1, count: Number.MAX_SAFE_INTEGER, seconds: 120 },
  latency: { load: 'latency', connections, count: 5000, seconds: 30 },
  /** Where no other run is in its way. */
  alone: { load: 'latency', connections: 1, count: 1000, seconds: 10 },
  reads: { load: 'reads', connections, count: 50_000, seconds: 10 },
} as const satisfies Record<string, Command>;

export type LoadName = keyof typeof full;

const quickPart = 10;

/** What the generator is asked for under each name. */
export function loadOf(name: LoadName, quick: boolean): Command {
  const load = full[name];
  return quick ? { ...load, count: Math.ceil(load.count / quickPart) } : load;
}

/** How often a service is started on each data directory; the median counts. */
export const startsOf = (quick: boolean) => (quick ? 1 : 3);
