import * as z from 'zod';
import type { ItemStore, Write } from '../store/item-store.ts';
import { legKey, legRange, type SessionKey, sessionPartition } from '../store/keys.ts';
import { type Breakpoints, type RunIn, RunMetadata, type RunWebhook } from './run.ts';

/**
 * Part of a run, from one of its pauses to the next, under an id of its own: for callers to whom an
 * answer to a question is a new run. The part before the first pause has the run's own id.
 */
export const RunLeg = z.object({
  id: z.string(),
  runId: z.string(),
  /** The number of the pause that it begins after. */
  afterPause: z.number(),
  createdAt: z.number(),
  metadata: RunMetadata.optional(),
  /** What a dialect wants to show of the request again. */
  wire: z.record(z.string(), z.unknown()),
});
export type RunLeg = z.infer<typeof RunLeg>;

/** A leg that begins with an answer. */
export interface NewLeg extends Pick<RunLeg, 'id' | 'metadata' | 'wire'> {
  /** Where the run stops from now on. @default - nowhere */
  readonly breakpoints?: Breakpoints | undefined;
  /** Who is told of the run from now on. @default - who was told before */
  readonly webhook?: RunWebhook | undefined;
}

/** What a leg changes of its run. */
export const changedByLeg = ({ breakpoints, webhook }: NewLeg) => ({
  breakpoints,
  ...(webhook === undefined ? {} : { webhook }),
});

/** The leg of a paused run that goes on at `createdAt`. */
export function beginLeg(run: RunIn<'PAUSED'>, leg: NewLeg, createdAt: number): Write {
  const { breakpoints: _, webhook: __, ...own } = leg;
  const value: RunLeg = { ...own, runId: run.id, afterPause: run.pauses, createdAt };
  return { put: { ...legKey(run, leg.id), value }, when: { absent: true } };
}

export async function findLeg(store: ItemStore, session: SessionKey, legId: string) {
  const item = await store.get(legKey(session, legId));
  return item && RunLeg.parse(item.value);
}

/** The legs of all runs of a session, oldest first. */
export async function sessionLegs(store: ItemStore, session: SessionKey): Promise<RunLeg[]> {
  const items = await store.query({
    pk: sessionPartition(session),
    ...legRange,
    order: 'ascending',
    limit: Number.MAX_SAFE_INTEGER,
  });
  return items.map(({ value }) => RunLeg.parse(value));
}
