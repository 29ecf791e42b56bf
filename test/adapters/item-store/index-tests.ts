import { describe, expect, it, vi } from 'vitest';
import {
  type IndexName,
  type Item,
  indexNames,
  type Key,
  type Query,
} from '#core/store/item-store.ts';
import { aPartition, type MakeStore, sortKeys } from './a-partition.ts';

/** Asks until the answer is right: an index may lag behind its table. */
const eventually = (assertion: () => Promise<void>) =>
  vi.waitFor(assertion, { interval: 10, timeout: 5000 });

async function anIndex(makeStore: MakeStore, index: IndexName) {
  const partition = await aPartition(makeStore);
  const at = (sk: string, pk = `${partition.pk}-index`): NonNullable<Item['indexes']> => ({
    [index]: { pk, sk },
  });
  const query = (more: Partial<Query> = {}): Query => ({
    index,
    pk: `${partition.pk}-index`,
    order: 'ascending',
    limit: 100,
    ...more,
  });
  const shows = (expected: string[], more?: Partial<Query>) =>
    eventually(async () =>
      expect(sortKeys(await partition.store.query(query(more)))).toEqual(expected),
    );
  return { ...partition, at, query, shows };
}

export function indexTests(makeStore: MakeStore): void {
  describe.each(indexNames)('the index %s', (index) => {
    it('gives items in the order of its own keys', async () => {
      const { put, at, shows } = await anIndex(makeStore, index);
      await put('a', {}, { indexes: at('3') });
      await put('b', {}, { indexes: at('1') });
      await put('c', {}, { indexes: at('2') });

      await shows(['b', 'c', 'a']);
      await shows(['a', 'c'], { order: 'descending', limit: 2 });
      await shows(['c'], { after: '1', before: '3' });
    });

    it('gives whole items, and as keys its own', async () => {
      const { store, pk, put, at, query } = await anIndex(makeStore, index);
      const expected: Key[] = [{ pk: `${pk}-index`, sk: '1' }];
      await put('a', { n: 1 }, { indexes: at('1') });

      await eventually(async () =>
        expect(await store.query(query())).toEqual([
          { pk, sk: 'a', value: { n: 1 }, indexes: at('1') },
        ]),
      );
      expect(await store.queryKeys(query())).toEqual(expected);
    });

    it('has only the items that are in it', async () => {
      const { pk, put, at, shows } = await anIndex(makeStore, index);
      const other = index === 'due' ? 'tenant' : 'due';
      await put('none');
      await put('in', {}, { indexes: at('1') });
      await put('other', {}, { indexes: { [other]: { pk: `${pk}-index`, sk: '1' } } });
      await put('elsewhere', {}, { indexes: at('1', 'elsewhere') });

      await shows(['in']);
    });

    it('loses an item that leaves it, moves away in it or is deleted', async () => {
      const { store, put, key, at, shows } = await anIndex(makeStore, index);
      for (const sk of ['leaves', 'moves', 'deleted', 'stays'])
        await put(sk, {}, { indexes: at(sk) });

      await put('leaves');
      await put('moves', {}, { indexes: at('0') });
      await store.transact([{ delete: key('deleted') }]);

      await shows(['moves', 'stays']);
    });

    it('may hold several items under one key', async () => {
      const { store, put, at, query } = await anIndex(makeStore, index);
      await put('a', {}, { indexes: at('same') });
      await put('b', {}, { indexes: at('same') });

      await eventually(async () =>
        expect(sortKeys(await store.query(query())).toSorted()).toEqual(['a', 'b']),
      );
    });

    it('is left alone by a transaction that fails', async () => {
      const { store, put, key, at, shows } = await anIndex(makeStore, index);
      await put('a', { n: 1 }, { indexes: at('1') });

      const outcome = store.transact([
        { put: { ...key('a'), value: {} } },
        { put: { ...key('b'), value: {}, indexes: at('2') } },
        { check: key('c'), when: { equals: { n: 1 } } },
      ]);

      await expect(outcome).rejects.toThrow();
      await shows(['a']);
    });
  });
}
