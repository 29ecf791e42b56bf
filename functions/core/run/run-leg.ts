import * as z from 'zod';
import type { ItemStore, Write } from '../store/item-store.ts';
import { legKey, legRange, type SessionKey, sessionPartition } from '../store/keys.ts';
import { RunMetadata } from './run.ts';

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

/** A leg that a decision begins. */
export type NewLeg = Pick<RunLeg, 'id' | 'metadata' | 'wire'>;

export const writeLeg = (session: SessionKey, leg: RunLeg): Write => ({
  put: { ...legKey(session, leg.id), value: leg },
  when: { absent: true },
});

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
