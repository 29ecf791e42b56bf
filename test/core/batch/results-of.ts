import * as z from 'zod';
import { type Batch, resultsKey } from '#core/batch/batch.ts';
import type { Engine } from '../../builders/an-engine.ts';

const Result = z.looseObject({ line: z.number(), status: z.string() });

/** What was written of a batch that has ended. */
export async function resultsOf({ deps }: Engine, { orgId, id }: Batch) {
  const text = new TextDecoder().decode(await deps.files.get(resultsKey(orgId, id)));
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Result.parse(JSON.parse(line)));
}

/** Of all runs of the tenant. */
export const runIdsOf = async ({ deps }: Engine) =>
  (
    await deps.store.queryKeys({
      index: 'tenant',
      pk: 'T#acme#RUNS',
      order: 'ascending',
      limit: 1_000_000,
    })
  ).map(({ sk }) => sk);
