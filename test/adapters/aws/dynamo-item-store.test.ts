import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { idempotencyKey } from '#core/store/keys.ts';
import { aDynamoStore } from '../../builders/a-dynamo-store.ts';

const key = { pk: 'p', sk: 's' };
const keyAttributes = { pk: { S: 'p' }, sk: { S: 's' } };
const recordKey = idempotencyKey('acme', 'submit', 'key-1');

describe('DynamoItemStore', () => {
  it('reads an item strongly consistently', async () => {
    const { dynamo, store, sent } = aDynamoStore();
    dynamo.on(GetItemCommand).resolves({});

    expect(await store.get(key)).toBeUndefined();

    expect(sent(GetItemCommand)).toEqual([
      { TableName: 'runs', Key: keyAttributes, ConsistentRead: true },
    ]);
  });

  it('keeps idempotency records in a table of their own', async () => {
    const { dynamo, store, sent } = aDynamoStore();
    dynamo.resolves({});

    await store.get(recordKey);
    await store.transact([{ put: { ...recordKey, value: {} } }]);
    await store.transact([
      { put: { ...key, value: {} } },
      { delete: recordKey, when: { absent: true } },
    ]);

    expect(sent(GetItemCommand)).toMatchObject([{ TableName: 'idempotency' }]);
    expect(sent(PutItemCommand)).toMatchObject([{ TableName: 'idempotency' }]);
    expect(sent(TransactWriteItemsCommand)).toMatchObject([
      {
        TransactItems: [
          { Put: { TableName: 'runs' } },
          { Delete: { TableName: 'idempotency', ConditionExpression: 'attribute_not_exists(pk)' } },
        ],
      },
    ]);
  });

  it('puts scalars where conditions can compare them, and each value once', async () => {
    const { dynamo, store, sent } = aDynamoStore();
    dynamo.resolves({});
    const native = { status: 'RUNNING', version: 7, yes: true, none: null };
    const others = { part: 0.5, list: [1], inner: { a: 1 }, '': 'x', half: '😀'.slice(0, 1) };

    await store.transact([{ put: { ...key, value: { ...native, ...others, gone: undefined } } }]);

    expect(sent(PutItemCommand)).toEqual([
      {
        TableName: 'runs',
        Item: {
          ...keyAttributes,
          value: {
            M: {
              status: { S: 'RUNNING' },
              version: { N: '7' },
              yes: { BOOL: true },
              none: { NULL: true },
            },
          },
          json: { S: JSON.stringify(others) },
        },
      },
    ]);
  });

  it('gives back what it has put', async () => {
    const { dynamo, store } = aDynamoStore();
    dynamo.resolves({});
    const value = { n: 1, none: null, half: '😀'.slice(0, 1), deep: [{ '': [1e300] }], '': {} };
    const indexes = { tenant: { pk: 't', sk: '1' }, due: { pk: 'd', sk: '2' } };
    await store.transact([{ put: { ...key, value, indexes } }]);

    const [call] = dynamo.commandCalls(PutItemCommand);
    dynamo.on(GetItemCommand).resolves({ Item: call?.args[0].input.Item });

    expect(await store.get(key)).toEqual({ ...key, value, indexes });
  });

  it.each([
    [1_700_000_000_000, '1700000000'],
    [1_700_000_000_001, '1700000001'],
  ])('has an item deleted no earlier than it expires, at %d', async (expiresAt, ttl) => {
    const { dynamo, store, sent } = aDynamoStore();
    dynamo.resolves({});

    await store.transact([{ put: { ...key, value: {}, expiresAt } }]);

    expect(sent(PutItemCommand)).toMatchObject([{ Item: { ttl: { N: ttl } } }]);
  });

  it('writes one item without a condition as cheaply as can be', async () => {
    const { dynamo, store, sent } = aDynamoStore();
    dynamo.resolves({});

    await store.transact([{ put: { ...key, value: {} } }]);
    await store.transact([{ delete: key }]);
    await store.transact([]);

    expect(dynamo.calls()).toHaveLength(2);
    expect(sent(PutItemCommand)).toEqual([
      { TableName: 'runs', Item: { ...keyAttributes, value: { M: {} } } },
    ]);
    expect(sent(DeleteItemCommand)).toEqual([{ TableName: 'runs', Key: keyAttributes }]);
  });

  it('compares fields of the value, whatever their names', async () => {
    const { dynamo, store, sent } = aDynamoStore();
    dynamo.resolves({});

    await store.transact([{ check: key, when: { equals: { status: 'RUNNING', 'a.b': 2 } } }]);

    expect(sent(TransactWriteItemsCommand)).toMatchObject([
      {
        TransactItems: [
          {
            ConditionCheck: {
              TableName: 'runs',
              Key: keyAttributes,
              ConditionExpression: '#value.#f0 = :f0 AND #value.#f1 = :f1',
              ExpressionAttributeNames: { '#value': 'value', '#f0': 'status', '#f1': 'a.b' },
              ExpressionAttributeValues: { ':f0': { S: 'RUNNING' }, ':f1': { N: '2' } },
            },
          },
        ],
      },
    ]);
  });

  it.each([0.5, Number.NaN, 2 ** 60])('refuses to compare with %d', async (n) => {
    const { dynamo, store } = aDynamoStore();

    const outcome = store.transact([{ delete: key, when: { equals: { n } } }]);

    await expect(outcome).rejects.toThrow('No condition can compare n');
    expect(dynamo.calls()).toEqual([]);
  });

  it('refuses an item that it has not written', async () => {
    const { dynamo, store } = aDynamoStore();
    dynamo.on(GetItemCommand).resolves({ Item: { ...keyAttributes, value: { S: 'text' } } });

    await expect(store.get(key)).rejects.toThrow('a map as value');
  });
});
