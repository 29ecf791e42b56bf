import {
  PutItemCommand,
  TransactionConflictException,
  TransactionInProgressException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { TransactionConflict, type Write } from '#core/store/item-store.ts';
import { aCancellation, aDynamoStore } from '../../builders/a-dynamo-store.ts';

const put = (sk: string, value = {}) => ({ put: { pk: 'p', sk, value } });
const conditional: Write = { ...put('a'), when: { absent: true } };
const three: Write[] = [conditional, put('b'), { ...put('c'), when: { equals: { n: 1 } } }];

const manyFields = Array.from({ length: 40_000 }, (_, i) => [`field_${i}`, 1] as const);

const tooMuch: [what: string, writes: Write[]][] = [
  ['more than 100 writes', Array.from({ length: 101 }, (_, i) => put(`${i}`))],
  ['an item twice', [put('a'), { delete: { pk: 'p', sk: 'a' } }]],
  ['a large item', [put('a', { text: 'x'.repeat(400 * 1024) })]],
  ['an item that is large by its many fields', [put('a', Object.fromEntries(manyFields))]],
];

describe('a transaction on DynamoDB', () => {
  it('names the writes whose condition did not hold', async () => {
    const { dynamo, store, slept } = aDynamoStore();
    dynamo.rejects(aCancellation('ConditionalCheckFailed', 'None', 'ConditionalCheckFailed'));

    const outcome = store.transact(three);

    await expect(outcome).rejects.toThrow(TransactionConflict);
    await expect(outcome).rejects.toMatchObject({ failed: [0, 2] });
    expect(slept).toEqual([]);
  });

  it('has lost where one condition failed while another write met somebody', async () => {
    const { dynamo, store } = aDynamoStore();
    dynamo.rejects(aCancellation('TransactionConflict', 'None', 'ConditionalCheckFailed'));

    await expect(store.transact(three)).rejects.toMatchObject({ failed: [2] });
  });

  it.each([
    ['other writers', aCancellation('None', 'TransactionConflict')],
    ['throttling', aCancellation('ThrottlingError', 'None')],
    ['a partition at its limit', aCancellation('None', 'ProvisionedThroughputExceeded')],
    ['itself', new TransactionInProgressException({ message: 'at it', $metadata: {} })],
  ])('that met %s is sent again, as the same transaction', async (_, met) => {
    const { dynamo, store, slept, sent } = aDynamoStore();
    dynamo.rejectsOnce(met).rejectsOnce(met).resolves({});

    await store.transact(three);

    const [first, ...others] = sent(TransactWriteItemsCommand);
    expect(first).toMatchObject({ ClientRequestToken: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(others).toEqual([first, first]);
    expect(slept).toHaveLength(2);
  });

  it('is given up with what was the matter when it meets others again and again', async () => {
    const { dynamo, store, slept } = aDynamoStore();
    const met = aCancellation('TransactionConflict', 'None', 'None');
    dynamo.rejects(met);

    await expect(store.transact(three)).rejects.toBe(met);

    expect(dynamo.calls()).toHaveLength(10);
    expect(slept).toHaveLength(9);
    expect(Math.max(...slept)).toBeLessThanOrEqual(1000);
  });

  it.each([
    ['a wrong item', aCancellation('ValidationError', 'None')],
    ['no reason', aCancellation()],
    ['a refused request', new Error('AccessDenied')],
  ])('that fails for %s is not sent again', async (_, error) => {
    const { dynamo, store } = aDynamoStore();
    dynamo.rejects(error);

    await expect(store.transact(three)).rejects.toBe(error);

    expect(dynamo.calls()).toHaveLength(1);
  });

  it('has a token even when it is a single write, if there is a condition on it', async () => {
    const { dynamo, store, sent } = aDynamoStore();
    dynamo.resolves({});

    await store.transact([conditional]);
    await store.transact([conditional]);

    const tokens = sent(TransactWriteItemsCommand).map((input) => JSON.stringify(input));
    expect(new Set(tokens).size).toBe(2);
    expect(dynamo.calls()).toHaveLength(2);
  });

  it('a plain write waits for the transaction that it meets', async () => {
    const { dynamo, store, sent } = aDynamoStore();
    dynamo
      .rejectsOnce(new TransactionConflictException({ message: 'busy', $metadata: {} }))
      .resolves({});

    await store.transact([put('a')]);

    expect(sent(PutItemCommand)).toHaveLength(2);
  });

  it.each(tooMuch)('of %s is not even sent', async (_, writes) => {
    const { dynamo, store } = aDynamoStore();

    await expect(store.transact(writes)).rejects.toThrow(/at most|more than/);

    expect(dynamo.calls()).toEqual([]);
  });
});
