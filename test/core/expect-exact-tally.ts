import { expect } from 'vitest';
import { RunStatus } from '#core/run/run.ts';
import type { RunTally, TallyQuery } from '#core/run/run-tally.ts';

/** The counters say what counting finds, in all statuses together and in each. */
export async function expectExactTally(
  { kept, counted }: { readonly kept: RunTally; readonly counted: RunTally },
  queries: readonly TallyQuery[],
): Promise<void> {
  for (const query of queries)
    for (const statuses of [undefined, ...RunStatus.options.map((status) => [status])]) {
      const one = { ...query, statuses };
      expect({ ...one, count: await kept.count(one) }).toEqual({
        ...one,
        count: await counted.count(one),
      });
    }
}
