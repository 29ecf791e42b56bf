import * as z from 'zod';
import type { ItemStore } from '../store/item-store.ts';
import { tallyKey } from '../store/keys.ts';
import { RunStatus } from './run.ts';
import type { RunTally } from './run-tally.ts';

/** Counts are kept where counting would read every key. */
export const TallyItem = z.object({
  version: z.number(),
  counts: z.partialRecord(RunStatus, z.number()),
});
export type TallyItem = z.infer<typeof TallyItem>;

/** Reads the counts that the outbox keeps. */
export const storedRunTally = (store: Pick<ItemStore, 'get'>): RunTally => ({
  count: async ({ orgId, groupId, statuses = RunStatus.options }) => {
    const item = await store.get(tallyKey(orgId, groupId));
    if (item === undefined) return 0;
    const { counts } = TallyItem.parse(item.value);
    return statuses.reduce((sum, status) => sum + (counts[status] ?? 0), 0);
  },
});
