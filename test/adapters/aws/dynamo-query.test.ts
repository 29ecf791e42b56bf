import { BatchGetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import type { Query } from '#core/store/item-store.ts';
import { aDynamoStore, aStoredItem } from '../../builders/a-dynamo-store.ts';

const query = (more: Partial<Query> = {}): Query => ({
  pk: 'p',
  order: 'ascending',
  limit: 2,
  ...more,
});
const sks = (items: readonly { sk: string }[]) => items.map(({ sk }) => sk);
const page = (...found: string[]) => ({ Items: found.map((sk) => aStoredItem(sk)) });
const more = { LastEvaluatedKey: { pk: { S: 'p' }, sk: { S: 'last' } } };

describe('a query of DynamoDB', () => {
  it('of the table is strongly consistent', async () => {
    const { dynamo, store, sent } = aDynamoStore();
    dynamo.resolves(page('a'));

    await store.query(query({ order: 'descending' }));

    expect(sent(QueryCommand)).toEqual([
      {
        TableName: 'runs',
        ConsistentRead: true,
        KeyConditionExpression: '#pk = :pk',
        ExpressionAttributeNames: { '#pk': 'pk' },
        ExpressionAttributeValues: { ':pk': { S: 'p' } },
        ScanIndexForward: false,
        Limit: 2,
      },
    ]);
  });

  it.each([
    [{ after: 'a' }, '#pk = :pk AND #sk > :after', { ':after': { S: 'a' } }],
    [{ before: 'z' }, '#pk = :pk AND #sk < :before', { ':before': { S: 'z' } }],
    [
      { after: 'a', before: 'z' },
      '#pk = :pk AND #sk BETWEEN :after AND :before',
      { ':after': { S: 'a' }, ':before': { S: 'z' } },
    ],
    [{ after: '', before: 'z' }, '#pk = :pk AND #sk < :before', { ':before': { S: 'z' } }],
    [{ after: '' }, '#pk = :pk', {}],
  ])('between %j is one condition on the sort key', async (bounds, condition, values) => {
    const { dynamo, store, sent } = aDynamoStore();
    dynamo.resolves({});

    await store.query(query(bounds));

    expect(sent(QueryCommand)).toMatchObject([
      {
        KeyConditionExpression: condition,
        ExpressionAttributeValues: { ':pk': { S: 'p' }, ...values },
      },
    ]);
  });

  it.each([
    { after: 'b', before: 'a' },
    { after: 'a', before: 'a' },
    { before: '' },
    { after: '😀', before: '\uffee' },
    { limit: 0 },
  ])('asks nothing where nothing can be: %j', async (bounds) => {
    const { dynamo, store } = aDynamoStore();

    expect(await store.query(query(bounds))).toEqual([]);

    expect(dynamo.calls()).toEqual([]);
  });

  it('goes from page to page until it has enough', async () => {
    const { dynamo, store, sent } = aDynamoStore();
    dynamo
      .resolvesOnce({ ...page('a', 'b'), ...more })
      .resolvesOnce({ Items: [], ...more })
      .resolves({ ...page('c', 'd'), ...more });

    expect(sks(await store.query(query({ limit: 3 })))).toEqual(['a', 'b', 'c']);

    expect(sent(QueryCommand)).toMatchObject([
      { Limit: 3 },
      { Limit: 1, ExclusiveStartKey: more.LastEvaluatedKey },
      { Limit: 1, ExclusiveStartKey: more.LastEvaluatedKey },
    ]);
  });

  it('goes on when a page held nothing but the bounds', async () => {
    const { dynamo, store, sent } = aDynamoStore();
    dynamo.resolvesOnce({ ...page('a'), ...more }).resolves(page('b', 'c', 'd'));

    const keys = await store.queryKeys(query({ after: 'a', before: 'd' }));

    expect(sks(keys)).toEqual(['b', 'c']);
    expect(sent(QueryCommand)).toMatchObject([{ Limit: 4 }, { Limit: 4 }]);
  });

  it('asks for no more than a page can have', async () => {
    const { dynamo, store, sent } = aDynamoStore();
    dynamo.resolves(page('a'));

    await store.query(query({ limit: Number.MAX_SAFE_INTEGER }));

    expect(sent(QueryCommand)).toMatchObject([{ Limit: 10_000 }]);
  });

  it('for keys reads no values', async () => {
    const { dynamo, store, sent } = aDynamoStore();
    dynamo.resolves({ Items: [{ due_pk: { S: 'd' }, due_sk: { S: '1' } }] });

    expect(await store.queryKeys(query({ index: 'due' }))).toEqual([{ pk: 'd', sk: '1' }]);

    expect(sent(QueryCommand)).toMatchObject([
      {
        IndexName: 'due',
        ProjectionExpression: '#pk, #sk',
        ExpressionAttributeNames: { '#pk': 'due_pk', '#sk': 'due_sk' },
      },
    ]);
    expect(sent(QueryCommand)[0]).not.toHaveProperty('ConsistentRead');
  });
});

const standing = (sk: string, at: string) => ({
  ...aStoredItem(sk),
  due_pk: { S: 'd' },
  due_sk: { S: at },
});

describe('a query of an index of DynamoDB', () => {
  it('leaves out what has left its place by now, and finds others instead', async () => {
    const { dynamo, store } = aDynamoStore();
    const entries = ['moved', 'deleted', 'left'].map((sk, i) => standing(sk, `${i}`));
    const later = ['here', 'there'].map((sk, i) => standing(sk, `${i + 3}`));
    dynamo
      .on(QueryCommand)
      .resolvesOnce({ Items: entries, ...more })
      .resolves({ Items: later });
    dynamo
      .on(BatchGetItemCommand)
      .resolvesOnce({ Responses: { runs: [standing('moved', '9'), aStoredItem('left')] } })
      .resolves({ Responses: { runs: later } });

    const items = await store.query(query({ index: 'due', pk: 'd' }));

    expect(items.map(({ sk, indexes }) => [sk, indexes?.due?.sk])).toEqual([
      ['here', '3'],
      ['there', '4'],
    ]);
  });
});
