import * as z from 'zod';

/** What the load generator is asked to do; it stops at whichever of `count` and `seconds` is first. */
export const Command = z.object({
  load: z.enum(['accepts', 'drain', 'latency', 'reads']),
  connections: z.number(),
  count: z.number(),
  seconds: z.number(),
});
export type Command = z.infer<typeof Command>;

/** What it found. Times are of the requests that were answered as they should. */
export const LoadResult = z.object({
  done: z.number(),
  seconds: z.number(),
  p50Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  /** How often each thing went wrong. */
  errors: z.record(z.string(), z.number()),
  /** Seconds of processor that the generator took. */
  cpuSeconds: z.number(),
});
export type LoadResult = z.infer<typeof LoadResult>;

export const FromGenerator = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), done: z.number() }),
  z.object({ kind: z.literal('result'), result: LoadResult }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
]);
export type FromGenerator = z.infer<typeof FromGenerator>;
