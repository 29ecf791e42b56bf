import { describe, expect, it } from 'vitest';
import type { Query } from '#core/store/item-store.ts';
import { aPartition, type MakeStore, sortKeys } from './a-partition.ts';

const inOrder = ['A', 'a', 'a1', 'a10', 'a2', 'b', 'z', '~', 'ä', '\uffee', '😀'];

const ranges: [Partial<Query>, string[]][] = [
  [{}, ['a', 'b', 'c', 'd']],
  [{ order: 'descending' }, ['d', 'c', 'b', 'a']],
  [{ after: 'b' }, ['c', 'd']],
  [{ before: 'c' }, ['a', 'b']],
  [{ after: 'a', before: 'd' }, ['b', 'c']],
  [{ after: 'a', before: 'd', order: 'descending' }, ['c', 'b']],
  [{ after: 'aa' }, ['b', 'c', 'd']],
  [{ after: 'd' }, []],
  [{ after: 'c', before: 'b' }, []],
  [{ limit: 2 }, ['a', 'b']],
  [{ limit: 2, order: 'descending' }, ['d', 'c']],
  [{ limit: 1, after: 'b' }, ['c']],
  [{ limit: 4 }, ['a', 'b', 'c', 'd']],
  [{ limit: Number.MAX_SAFE_INTEGER }, ['a', 'b', 'c', 'd']],
];

export function queryTests(makeStore: MakeStore): void {
  describe('a query of the table', () => {
    it.each(ranges)('%j gives %j', async (query, expected) => {
      const { store, pk, put, all } = await aPartition(makeStore);
      for (const sk of ['c', 'a', 'd', 'b']) await put(sk, { sk });

      const items = await all(query);
      const keys = await store.queryKeys({ pk, order: 'ascending', limit: 1000, ...query });

      expect(items.map(({ value }) => value['sk'])).toEqual(expected);
      expect(keys).toEqual(expected.map((sk) => ({ pk, sk })));
    });

    it('sorts by the bytes of UTF-8', async () => {
      const { put, all } = await aPartition(makeStore);
      for (const sk of inOrder.toReversed()) await put(sk);

      expect(sortKeys(await all())).toEqual(inOrder);
    });

    it('gives one partition only', async () => {
      const { pk, put, all } = await aPartition(makeStore);
      await put('a');
      for (const other of [`${pk}x`, pk.slice(0, -1), pk.toLowerCase()])
        await put('b', {}, { pk: other });

      expect(sortKeys(await all())).toEqual(['a']);
    });

    it('sees what was written just before', async () => {
      const { put, all } = await aPartition(makeStore);

      for (const n of [1, 2, 3]) {
        await put('a', { n });
        expect(await all()).toMatchObject([{ value: { n } }]);
      }
    });

    it('gives all there is, however much', async () => {
      const { store, key, all } = await aPartition(makeStore);
      const text = 'x'.repeat(100 * 1024);
      const sks = Array.from({ length: 30 }, (_, i) => `${i + 10}`);
      await store.transact(sks.map((sk) => ({ put: { ...key(sk), value: { text } } })));

      expect(sortKeys(await all())).toEqual(sks);
    });
  });
}
