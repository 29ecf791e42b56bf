import { PutEventsCommand, type PutEventsCommandInput } from '@aws-sdk/client-eventbridge';
import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Run } from '#core/run/run.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { outboxKey, runPartition } from '#core/store/keys.ts';
import { aContext } from '../builders/a-context.ts';
import { anAccount } from './an-account.ts';

const Detail = z.object({ runId: z.string(), status: z.string() });

/** What the table's stream says when a row is written; its filter lets nothing else through. */
function written(run: Run, seq = 1): DynamoDBRecord {
  const { pk, sk } = outboxKey(keyOf(run), seq);
  return {
    eventID: `${run.id}-${seq}`,
    eventName: 'INSERT',
    dynamodb: { Keys: { pk: { S: pk }, sk: { S: sk } } },
  };
}

async function anOutbox(takes: (runId: string) => boolean = () => true) {
  const account = anAccount();
  const { deps, events } = account;
  const told: string[] = [];
  events.on(PutEventsCommand).callsFake(({ Entries = [] }: PutEventsCommandInput) => ({
    Entries: Entries.map((entry) => {
      const { runId } = Detail.parse(JSON.parse(entry.Detail ?? ''));
      if (!takes(runId)) return { ErrorCode: 'ThrottlingException' };
      told.push(runId);
      return { EventId: `event-${told.length}` };
    }),
  }));
  const { handler } = await import('../../functions/outbox/handler.ts');
  return {
    ...account,
    told,
    publish: (...Records: DynamoDBRecord[]) => handler({ Records }, aContext()),
    /** Rows that are still to be told. */
    left: async (run: Run) => {
      const { sk: after } = outboxKey(keyOf(run), 0);
      const query = { pk: runPartition(keyOf(run)), after, order: 'ascending', limit: 9 } as const;
      const keys = await deps.store.queryKeys(query);
      return keys.filter(({ sk }) => sk.startsWith('OUT#')).length;
    },
  };
}

describe('the outbox function', () => {
  it('publishes the rows that were written, and keeps none of them', async () => {
    const { submit, told, left, publish } = await anOutbox();
    const [one, two] = [await submit(), await submit()];

    const response = await publish(written(one), written(two));

    expect(response).toEqual({ batchItemFailures: [] });
    expect(told).toEqual([one.id, two.id]);
    expect([await left(one), await left(two)]).toEqual([0, 0]);
  });

  it('publishes once what the stream says a second time', async () => {
    const { submit, told, publish } = await anOutbox();
    const run = await submit();

    const responses = [await publish(written(run)), await publish(written(run))];

    expect(responses).toEqual([{ batchItemFailures: [] }, { batchItemFailures: [] }]);
    expect(told).toEqual([run.id]);
  });

  it('publishes once what the stream says twice at a time', async () => {
    const { submit, told, left, publish } = await anOutbox();
    const run = await submit();

    const response = await publish(written(run), written(run));

    expect(response).toEqual({ batchItemFailures: [] });
    expect(told).toEqual([run.id]);
    expect(await left(run)).toBe(0);
  });

  it('asks nobody where all was told already', async () => {
    const { submit, events, publish } = await anOutbox();
    const run = await submit();
    await publish(written(run));
    events.resetHistory();

    await publish(written(run), written(run, 2));

    expect(events.calls()).toEqual([]);
  });

  it('leaves what the bus does not take to the sweeper, and says of which runs', async () => {
    const { submit, told, left, logged, publish } = await anOutbox((runId) => runId !== refused.id);
    const [taken, refused] = [await submit(), await submit()];

    const response = await publish(written(taken), written(refused));

    expect(response).toEqual({ batchItemFailures: [] });
    expect(told).toEqual([taken.id]);
    expect([await left(taken), await left(refused)]).toEqual([0, 1]);
    expect(logged).toContainEqual(
      expect.objectContaining({ level: 'WARN', message: 'not announced', runIds: [refused.id] }),
    );
  });

  it('fails where the bus cannot be reached, so that the records come again', async () => {
    const { submit, left, events, publish } = await anOutbox();
    const run = await submit();
    events.on(PutEventsCommand).rejects(new Error('connect ECONNREFUSED'));

    await expect(publish(written(run))).rejects.toThrow('ECONNREFUSED');

    expect(await left(run)).toBe(1);
  });
});
