import { describe, expect, it } from 'vitest';
import { TransactionConflict, type Write } from '#core/store/item-store.ts';
import { aPartition, type MakeStore, type Partition } from './a-partition.ts';

const kilobyte = 1024;
const text = (kilobytes: number) => 'x'.repeat(kilobytes * kilobyte);

const tooMuch: [what: string, writes: (partition: Partition) => Write[]][] = [
  [
    'more than 100 writes',
    ({ key }) => Array.from({ length: 101 }, (_, i) => ({ put: { ...key(`${i}`), value: {} } })),
  ],
  [
    'an item of more than 400 KB',
    ({ key }) => [
      { put: { ...key('a'), value: {} } },
      { put: { ...key('b'), value: { text: text(401) } } },
    ],
  ],
  [
    'an item of more than 400 KB in bytes, though not in characters',
    ({ key }) => [{ put: { ...key('a'), value: { text: '世'.repeat(200 * kilobyte) } } }],
  ],
  [
    'more than 4 MB together',
    ({ key }) =>
      Array.from({ length: 11 }, (_, i) => ({ put: { ...key(`${i}`), value: { t: text(390) } } })),
  ],
  [
    'one item twice',
    ({ key }) => [{ put: { ...key('a'), value: {} } }, { put: { ...key('a'), value: { n: 2 } } }],
  ],
  [
    'one item that is put and checked',
    ({ key }) => [
      { put: { ...key('b'), value: {} } },
      { put: { ...key('a'), value: {} } },
      { check: key('a'), when: { absent: true } },
    ],
  ],
  [
    'one item that is put and deleted',
    ({ key }) => [{ put: { ...key('a'), value: {} } }, { delete: key('a') }],
  ],
];

export function limitTests(makeStore: MakeStore): void {
  describe('a transaction with', () => {
    it.each(tooMuch)('%s is refused, and writes nothing', async (_, writes) => {
      const partition = await aPartition(makeStore);

      const error: unknown = await partition.store
        .transact(writes(partition))
        .catch((refusal: unknown) => refusal);

      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(TransactionConflict);
      expect(await partition.all()).toEqual([]);
    });

    it('an item of 399 KB, or 3.8 MB together, is taken', async () => {
      const { store, key, all } = await aPartition(makeStore);
      const large = Array.from({ length: 10 }, (_, i) => ({
        put: { ...key(`${i}`), value: { text: text(i === 0 ? 399 : 385) } },
      }));

      await store.transact(large);

      expect((await all()).map(({ value }) => value)).toEqual(large.map(({ put }) => put.value));
    });

    it('a refused write leaves the store as usable as before', async () => {
      const { store, key, all } = await aPartition(makeStore);
      const put = (sk: string, value = {}) => store.transact([{ put: { ...key(sk), value } }]);

      await Promise.allSettled([put('a'), put('b', { text: text(401) }), put('c')]);

      expect((await all()).map(({ sk }) => sk)).toEqual(['a', 'c']);
    });
  });
}
