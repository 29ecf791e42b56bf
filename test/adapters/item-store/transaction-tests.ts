import { describe, expect, it } from 'vitest';
import { type Condition, TransactionConflict, type Write } from '#core/store/item-store.ts';
import { aPartition, type MakeStore, type Partition } from './a-partition.ts';

const absent = { absent: true } as const;
const equals = (values: Record<string, string | number | boolean>): Condition => ({
  equals: values,
});

/** `here` is there, `gone` is not. */
async function aPartitionWithAnItem(makeStore: MakeStore): Promise<Partition> {
  const partition = await aPartition(makeStore);
  await partition.put('here', { text: 'x', number: 1, yes: true, none: null, list: ['x'] });
  return partition;
}

const conditions: [holds: boolean, sk: 'here' | 'gone', when: Condition][] = [
  [true, 'gone', absent],
  [false, 'here', absent],
  [true, 'here', equals({ text: 'x' })],
  [true, 'here', equals({ text: 'x', number: 1, yes: true })],
  [true, 'here', equals({})],
  [false, 'here', equals({ text: 'y' })],
  [false, 'here', equals({ text: 'x', number: 2 })],
  [false, 'here', equals({ number: '1' })],
  [false, 'here', equals({ yes: 'true' })],
  [false, 'here', equals({ yes: 1 })],
  [false, 'here', equals({ missing: 'x' })],
  [false, 'here', equals({ none: '' })],
  [false, 'here', equals({ list: 'x' })],
  [false, 'gone', equals({ text: 'x' })],
  [false, 'gone', equals({})],
];

type MakeWrite = (partition: Partition, sk: string, when: Condition) => Write;

const writes: [name: string, write: MakeWrite, after: object | undefined][] = [
  ['a put', ({ key }, sk, when) => ({ put: { ...key(sk), value: { new: 1 } }, when }), { new: 1 }],
  ['a delete', ({ key }, sk, when) => ({ delete: key(sk), when }), undefined],
];

export function transactionTests(makeStore: MakeStore): void {
  describe.each(writes)('%s on a condition', (_, write, after) => {
    it.each(conditions)('takes place (%s) for the item %s when %j', async (holds, sk, when) => {
      const partition = await aPartitionWithAnItem(makeStore);
      const before = await partition.read(sk);

      const outcome = partition.store.transact([write(partition, sk, when)]);

      await (holds ? outcome : expect(outcome).rejects.toThrow(TransactionConflict));
      expect(await partition.read(sk)).toEqual(holds ? after : before);
    });
  });

  it.each(conditions)('a check passes (%s) for the item %s when %j', async (holds, sk, when) => {
    const { store, key, read } = await aPartitionWithAnItem(makeStore);
    const before = await read(sk);

    const outcome = store.transact([
      { check: key(sk), when },
      { put: { ...key('beside'), value: {} } },
    ]);

    await (holds ? outcome : expect(outcome).rejects.toThrow(TransactionConflict));
    expect(await read(sk)).toEqual(before);
    expect(await read('beside')).toEqual(holds ? {} : undefined);
  });

  describe('a transaction', () => {
    it('replaces all of an item', async () => {
      const { put, read } = await aPartitionWithAnItem(makeStore);

      await put('here', { other: 1 });

      expect(await read('here')).toEqual({ other: 1 });
    });

    it('deletes, and what is not there too', async () => {
      const { store, key, all } = await aPartitionWithAnItem(makeStore);

      await store.transact([{ delete: key('here') }, { delete: key('gone') }]);

      expect(await all()).toEqual([]);
    });

    it('writes nothing when one condition does not hold, and says which', async () => {
      const { store, key, all } = await aPartitionWithAnItem(makeStore);
      const before = await all();

      const outcome = store.transact([
        { put: { ...key('a'), value: {} } },
        { put: { ...key('here'), value: {} }, when: absent },
        { check: key('gone'), when: absent },
        { delete: key('b') },
        { check: key('c'), when: equals({ n: 1 }) },
      ]);

      await expect(outcome).rejects.toMatchObject({ name: 'TransactionConflict', failed: [1, 4] });
      expect(await all()).toEqual(before);
    });

    it('judges each condition by what was there before it', async () => {
      const { store, key, all } = await aPartitionWithAnItem(makeStore);

      await store.transact([
        { delete: key('here'), when: equals({ number: 1 }) },
        { put: { ...key('gone'), value: {} }, when: absent },
      ]);

      expect((await all()).map(({ sk }) => sk)).toEqual(['gone']);
    });

    it('takes 100 writes', async () => {
      const { store, key, all } = await aPartition(makeStore);

      await store.transact(
        Array.from({ length: 100 }, (_, i) => ({ put: { ...key(`${i}`), value: {} } })),
      );

      expect(await all()).toHaveLength(100);
    });

    it('is won by one of many that write at the same time on the same condition', async () => {
      const { store, key, read } = await aPartition(makeStore);
      const attempts = Array.from({ length: 20 }, (_, by) =>
        store.transact([{ put: { ...key('lock'), value: { by } }, when: absent }]),
      );

      const outcomes = await Promise.allSettled(attempts);

      const winners = outcomes.flatMap(({ status }, by) => (status === 'fulfilled' ? [by] : []));
      expect(winners).toHaveLength(1);
      expect(await read('lock')).toEqual({ by: winners[0] });
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ failed: [0] });
    });

    it('counts right when many read, add one, and write on the version they read', async () => {
      const { store, key, put, read } = await aPartition(makeStore);
      await put('counter', { n: 0 });
      const increment = async (): Promise<void> => {
        const n = Number((await read('counter'))?.['n']);
        const write = { put: { ...key('counter'), value: { n: n + 1 } }, when: equals({ n }) };
        await store.transact([write]).catch(increment);
      };

      await Promise.all(Array.from({ length: 10 }, increment));

      expect(await read('counter')).toEqual({ n: 10 });
    });
  });
}
