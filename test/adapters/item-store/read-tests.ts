import { describe, expect, it } from 'vitest';
import { aPartition, type MakeStore } from './a-partition.ts';

const everyKindOfValue = {
  text: 'grüße, 世界, 👩‍👩‍👧, "quoted" \\ and\nbroken\u0000',
  empty: '',
  whole: 42,
  broken: -0.125,
  large: Number.MAX_SAFE_INTEGER,
  yes: true,
  no: false,
  nothing: null,
  list: [1, 'two', [3], { four: 4 }, null],
  inner: { 'a.b': { '': 1 } },
};

export function readTests(makeStore: MakeStore): void {
  describe('reading', () => {
    it('gives back what was written, whatever JSON it is', async () => {
      const { put, get, pk } = await aPartition(makeStore);
      const indexes = { tenant: { pk: `${pk}-t`, sk: '1' }, due: { pk: `${pk}-d`, sk: '2' } };

      await put('ä#1', everyKindOfValue, { indexes });

      expect(await get('ä#1')).toEqual({ pk, sk: 'ä#1', value: everyKindOfValue, indexes });
    });

    it.each(['a b', 'ünïcödé', '👩‍👩‍👧', '%', '_', "'; DROP TABLE item; --", '#~'])(
      'finds an item by the sort key %s and by no other',
      async (sk) => {
        const { put, get, read } = await aPartition(makeStore);

        await put(sk, { here: true });

        expect(await read(sk)).toEqual({ here: true });
        expect(await get(`${sk}x`)).toBeUndefined();
      },
    );

    it('has no item where none was put', async () => {
      const { get } = await aPartition(makeStore);

      expect(await get('a')).toBeUndefined();
    });

    it('tells the items of two partitions apart', async () => {
      const one = await aPartition(makeStore);
      const other = `${one.pk}x`;
      await one.store.transact([
        { put: { ...one.key('a'), value: { of: 'one' } } },
        { put: { pk: other, sk: 'a', value: { of: 'other' } } },
      ]);

      expect(await one.read('a')).toEqual({ of: 'one' });
      expect((await one.store.get({ pk: other, sk: 'a' }))?.value).toEqual({ of: 'other' });
    });

    it('gives many items in the order of their keys, and says which are absent', async () => {
      const { store, put, key } = await aPartition(makeStore);
      await put('a', { n: 1 });
      await put('b', { n: 2 });

      const items = await store.getMany(['b', 'missing', 'a', 'b'].map(key));

      expect(items.map((item) => item?.value)).toEqual([{ n: 2 }, undefined, { n: 1 }, { n: 2 }]);
    });

    it('gives any number of items, none too', async () => {
      const { store, key } = await aPartition(makeStore);
      const sks = Array.from({ length: 250 }, (_, i) => `${i}`);
      for (let i = 0; i < sks.length; i += 100)
        await store.transact(
          sks.slice(i, i + 100).map((sk) => ({ put: { ...key(sk), value: { sk } } })),
        );

      const items = await store.getMany(sks.map(key));

      expect(items.map((item) => item?.value['sk'])).toEqual(sks);
      expect(await store.getMany([])).toEqual([]);
    });
  });
}
