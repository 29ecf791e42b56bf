import { describe, expect, it } from 'vitest';
import { finance, ops, priceAsked, question, sendEmail, slow, workFor } from '../agents.ts';
import { answerIn, aThread, clientOf, dataOf, said, sdks, stream, told } from './sdk.ts';

describe.each(sdks)('with the JavaScript SDK %s a stream', (sdk) => {
  const client = clientOf(sdk);

  it('begins with the id of the run and ends with the answer', async () => {
    const thread = await aThread(client);
    let created: { run_id: string } | undefined;

    const parts = await told(
      stream(client, thread, finance, {
        input: said(question),
        streamMode: 'values',
        onRunCreated: (run) => {
          created = run;
        },
      }),
    );

    expect(parts[0]).toMatchObject({ event: 'metadata', data: { run_id: created?.run_id } });
    expect(answerIn(parts.at(-1)?.data)).toContain(priceAsked);
    expect(await client.runs.get(thread, created?.run_id ?? '')).toMatchObject({
      status: 'success',
    });
  });

  it('tells in several modes at once', async () => {
    const thread = await aThread(client);

    const parts = await told(
      stream(client, thread, finance, {
        input: said(question),
        streamMode: ['values', 'updates', 'messages-tuple', 'events', 'debug'],
      }),
    );

    const events = new Set(parts.map(({ event }) => event));
    expect([...events].toSorted()).toEqual(
      ['debug', 'events', 'messages', 'metadata', 'updates', 'values'].toSorted(),
    );
    expect(dataOf('updates', parts)).toContainEqual({ tools: expect.anything() });
  });

  it('needs no thread', async () => {
    const parts = await told(
      stream(client, null, finance, { input: said(question), streamMode: 'values' }),
    );

    expect(answerIn(parts.at(-1)?.data)).toContain(priceAsked);
  });

  it('of a run in the background can be joined, in the modes that are asked for', async () => {
    const thread = await aThread(client);
    const { run_id } = await client.runs.create(thread, slow, { input: said(workFor(2)) });

    const parts = await told(
      client.runs.joinStream(thread, run_id, { streamMode: ['custom', 'updates'] }),
    );

    expect(new Set(parts.map(({ event }) => event))).toEqual(
      new Set(['metadata', 'custom', 'updates']),
    );
  });

  it('goes on after what a reader has seen', async () => {
    const thread = await aThread(client);
    const { run_id } = await client.runs.create(thread, finance, { input: said(question) });
    const streamMode = ['values' as const, 'updates' as const];
    const whole = await told(
      client.runs.joinStream(thread, run_id, { streamMode, lastEventId: '-1' }),
    );
    const lastEventId = whole[2]?.id ?? '';

    const rest = await told(client.runs.joinStream(thread, run_id, { streamMode, lastEventId }));

    expect(whole.length).toBeGreaterThan(4);
    expect(rest).toEqual(whole.slice(3));
  });

  it('ends with what a person is asked', async () => {
    const thread = await aThread(client);

    const parts = await told(
      stream(client, thread, ops, { input: said(sendEmail), streamMode: ['updates', 'values'] }),
    );

    const interrupt = { __interrupt__: [{ id: expect.any(String), value: expect.anything() }] };
    expect(dataOf('updates', parts).at(-1)).toMatchObject(interrupt);
    expect(dataOf('values', parts).at(-1)).toMatchObject(interrupt);
  });
});
