import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import type { Item, ItemStore, Query, Write } from '#core/store/item-store.ts';
import type { MakeStore } from './a-partition.ts';
import { ModelStore } from './model-store.ts';

const pks = ['p', 'q'] as const;
const sks = ['a', 'b', '\uffee', '😀'] as const;
const indexes = ['tenant', 'due'] as const;

/** Few keys and few values, so that the transactions meet each other. */
function aTransaction(prefix: string) {
  const pk = fc.constantFrom(...pks).map((name) => prefix + name);
  const key = fc.record({ pk, sk: fc.constantFrom(...sks) });
  const value = fc.record({ n: fc.integer({ min: 0, max: 2 }), text: fc.string({ maxLength: 3 }) });
  const when = fc.oneof(
    fc.constant({ absent: true as const }),
    fc.record({ equals: fc.record({ n: fc.integer({ min: 0, max: 2 }) }) }),
  );
  const indexed = fc.record({ tenant: key, due: key }, { requiredKeys: [] }) satisfies fc.Arbitrary<
    Item['indexes']
  >;
  const put = fc.record({ key, value, indexes: indexed }).map(({ key, ...rest }) => ({
    put: { ...key, ...rest },
  }));
  const write: fc.Arbitrary<Write> = fc.oneof(
    put,
    fc.record({ delete: key }),
    fc.tuple(put, when).map(([one, condition]) => ({ ...one, when: condition })),
    fc.record({ delete: key, when }),
    fc.record({ check: key, when }),
  );
  return fc.array(write, { minLength: 1, maxLength: 4 });
}

const outcomeOf = (attempt: () => unknown) =>
  new Promise((resolve) => resolve(attempt())).then(
    () => 'written',
    (error: unknown) =>
      error instanceof Error && 'failed' in error ? { failed: error.failed } : 'refused',
  );

const queriesOf = (prefix: string): Query[] =>
  pks.flatMap((name) =>
    [undefined, ...indexes].flatMap((index) =>
      (['ascending', 'descending'] as const).map((order) => ({
        ...(index ? { index } : {}),
        pk: prefix + name,
        after: 'a',
        order,
        limit: 3,
      })),
    ),
  );

/** Several items may have one index key, and then have no order among them. */
const comparable = ({ index }: Query, items: readonly Item[]) =>
  items.map((item) => (index ? item.indexes?.[index]?.sk : item));

const readAll = (store: ItemStore, queries: readonly Query[]) =>
  Promise.all(queries.map((query) => store.query(query)));

export function modelTests(makeStore: MakeStore): void {
  it('does with any transactions what the simplest of all stores does', async () => {
    const store = await makeStore();
    const run = fc.uuid().map(() => `${randomUUID()}#`);
    const history = run.chain((prefix) =>
      fc.record({
        prefix: fc.constant(prefix),
        transactions: fc.array(aTransaction(prefix), { maxLength: 12 }),
      }),
    );

    await fc.assert(
      fc.asyncProperty(history, async ({ prefix, transactions }) => {
        const model = new ModelStore();
        for (const writes of transactions)
          expect(await outcomeOf(() => store.transact(writes))).toEqual(
            await outcomeOf(() => model.transact(writes)),
          );

        const queries = queriesOf(prefix);
        const expected = queries.map((query) => comparable(query, model.query(query)));
        await vi.waitFor(async () => {
          const items = await readAll(store, queries);
          expect(queries.map((query, i) => comparable(query, items[i] ?? []))).toEqual(expected);
        });
      }),
      { numRuns: 60 },
    );
  });
}
