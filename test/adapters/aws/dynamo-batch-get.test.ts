import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { idempotencyKey } from '#core/store/keys.ts';
import { aDynamoStore, aStoredItem } from '../../builders/a-dynamo-store.ts';

const key = (sk: string) => ({ pk: 'p', sk });
const requestFor = (...sks: string[]) => ({
  runs: { Keys: sks.map((sk) => ({ pk: { S: 'p' }, sk: { S: sk } })), ConsistentRead: true },
});

describe('reading many items from DynamoDB', () => {
  it('asks for each once, strongly consistently', async () => {
    const { dynamo, store, sent } = aDynamoStore();
    dynamo.resolves({ Responses: { runs: [aStoredItem('b'), aStoredItem('a')] } });

    const items = await store.getMany(['a', 'b', 'a', 'c'].map(key));

    expect(items.map((item) => item?.sk)).toEqual(['a', 'b', 'a', undefined]);
    expect(sent(BatchGetItemCommand)).toEqual([{ RequestItems: requestFor('a', 'b', 'c') }]);
  });

  it('asks for at most 100 at a time', async () => {
    const { dynamo, store, sent } = aDynamoStore();
    dynamo.resolves({});
    const sks = Array.from({ length: 205 }, (_, i) => `${i}`);

    await store.getMany(sks.map(key));

    expect(sent(BatchGetItemCommand)).toEqual(
      [sks.slice(0, 100), sks.slice(100, 200), sks.slice(200)].map((some) => ({
        RequestItems: requestFor(...some),
      })),
    );
  });

  it('asks both tables at once', async () => {
    const { dynamo, store, sent } = aDynamoStore();
    dynamo.resolves({});
    const record = idempotencyKey('acme', 'submit', 'k');

    await store.getMany([key('a'), record]);

    expect(sent(BatchGetItemCommand)).toMatchObject([
      { RequestItems: { runs: {}, idempotency: { Keys: [{ pk: { S: record.pk } }] } } },
    ]);
  });

  it('asks again for what was left out, some time later', async () => {
    const { dynamo, store, slept, sent } = aDynamoStore();
    dynamo
      .resolvesOnce({ Responses: { runs: [] }, UnprocessedKeys: requestFor('a', 'b') })
      .resolvesOnce({ Responses: { runs: [aStoredItem('b')] }, UnprocessedKeys: requestFor('a') })
      .resolves({ Responses: { runs: [aStoredItem('a')] }, UnprocessedKeys: {} });

    const items = await store.getMany(['a', 'b'].map(key));

    expect(items.map((item) => item?.sk)).toEqual(['a', 'b']);
    expect(sent(BatchGetItemCommand).slice(1)).toEqual([
      { RequestItems: requestFor('a', 'b') },
      { RequestItems: requestFor('a') },
    ]);
    expect(slept).toHaveLength(2);
  });

  it('goes on as long as it gets any, and gives up when it gets none', async () => {
    const { dynamo, store } = aDynamoStore();
    const some = { Responses: { runs: [aStoredItem('b')] }, UnprocessedKeys: requestFor('a') };
    for (let i = 0; i < 30; i += 1) dynamo.on(BatchGetItemCommand).resolvesOnce(some);
    dynamo.on(BatchGetItemCommand).resolves({ UnprocessedKeys: requestFor('a') });

    await expect(store.getMany([key('a')])).rejects.toThrow('Not read after 10 attempts');
  });

  it('asks nothing for no keys', async () => {
    const { dynamo, store } = aDynamoStore();

    expect(await store.getMany([])).toEqual([]);

    expect(dynamo.calls()).toEqual([]);
  });
});
