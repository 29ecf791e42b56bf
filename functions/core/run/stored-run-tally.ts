import * as z from 'zod';
import type { ItemStore } from '../store/item-store.ts';
import { tallyKey } from '../store/keys.ts';
import { RunStatus } from './run.ts';
import type { RunTally } from './run-tally.ts';

/** Counts are kept where counting would read every key. */
export const TallyItem = z.object({
  /** Another one with each write, and none twice. */
  version: z.string(),
  counts: z.partialRecord(RunStatus, z.number()),
});
export type TallyItem = z.infer<typeof TallyItem>;

/** Reads the counts that the outbox keeps. */
export const storedRunTally = (store: Pick<ItemStore, 'get'>): RunTally => ({
  count: async ({ orgId, groupId, statuses = RunStatus.options }) => {
    const item = await store.get(tallyKey(orgId, groupId));
    if (item === undefined) return 0;
    const { counts } = TallyItem.parse(item.value);
    const count = statuses.reduce((sum, status) => sum + (counts[status] ?? 0), 0);
    // Changes of one run may be counted in another order than they were made.
    return Math.max(0, count);
  },
});
