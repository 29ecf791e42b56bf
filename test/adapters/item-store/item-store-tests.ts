import { describe } from 'vitest';
import type { MakeStore } from './a-partition.ts';
import { indexTests } from './index-tests.ts';
import { limitTests } from './limit-tests.ts';
import { modelTests } from './model-tests.ts';
import { queryTests } from './query-tests.ts';
import { readTests } from './read-tests.ts';
import { transactionTests } from './transaction-tests.ts';

/** What every item store has to do. The stores may share one table: each test has its own keys. */
export function itemStoreTests(name: string, makeStore: MakeStore): void {
  describe(`${name}, as an item store,`, () => {
    readTests(makeStore);
    transactionTests(makeStore);
    limitTests(makeStore);
    queryTests(makeStore);
    indexTests(makeStore);
    modelTests(makeStore);
  });
}
