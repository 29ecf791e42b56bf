import type { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import type { Api } from '#api/api.ts';
import { streamed } from '../../functions/stream/streamed.ts';
import { aContext } from '../builders/a-context.ts';
import { anApi } from '../builders/an-api.ts';
import { anApiEvent } from '../builders/an-api-event.ts';
import { aLambdaRuntime } from './a-lambda-runtime.ts';

const answer = { statusCode: 200, headers: { 'content-type': 'text/event-stream' }, body: '' };

/** Parts that a test lets go one by one. */
function aSource() {
  const gates = [Promise.withResolvers<string>()];
  let isClosed = false;
  async function* stream() {
    try {
      for (let i = 0; ; i += 1) {
        const part = await gates[i]?.promise;
        if (part === undefined) return;
        yield part;
      }
    } finally {
      isClosed = true;
    }
  }
  return {
    stream: stream(),
    give: (part: string) => {
      gates.push(Promise.withResolvers<string>());
      gates.at(-2)?.resolve(part);
    },
    fail: (error: Error) => gates.at(-1)?.reject(error),
    isClosed: () => isClosed,
  };
}

/** Reads along: resolves when the part comes. */
async function comes(part: string, response: Readable): Promise<void> {
  const read = response.iterator({ destroyOnReturn: false });
  for await (const text of read) if (`${text}`.endsWith(part)) return;
}

describe('an answer that is streamed', () => {
  it('has status and headers before the body, and its parts in order', async () => {
    const { sent } = aLambdaRuntime();
    async function* stream() {
      yield* ['one ', '', 'twö ', 'three'];
    }
    const handler = streamed(async () => ({ ...answer, statusCode: 201, stream: stream() }));

    await handler(anApiEvent(), aContext());

    expect(await sent()).toEqual({
      head: { statusCode: 201, headers: answer.headers },
      body: 'one twö three',
    });
  });

  it('is sent as a whole where it is there as a whole', async () => {
    const { sent } = aLambdaRuntime();

    await streamed(async () => ({ ...answer, body: '{"a":1}' }))(anApiEvent(), aContext());

    expect(await sent()).toMatchObject({ head: { statusCode: 200 }, body: '{"a":1}' });
  });

  it('has a status where it has no body', async () => {
    const { sent } = aLambdaRuntime();

    await streamed(async () => ({ ...answer, statusCode: 204 }))(anApiEvent(), aContext());

    expect(await sent()).toEqual({ head: { statusCode: 204, headers: answer.headers }, body: '' });
  });

  it('comes part by part, each as soon as it is there', async () => {
    const { response } = aLambdaRuntime();
    const source = aSource();
    const streaming = streamed(async () => ({ ...answer, stream: source.stream }))(
      anApiEvent(),
      aContext(),
    );

    source.give('one');
    await comes('one', response);
    source.give('two');
    await comes('two', response);

    expect(response.readableEnded).toBe(false);
    source.fail(new Error('end of the test'));
    await expect(streaming).rejects.toThrow('end of the test');
  });

  it('is not made faster than it is read', async () => {
    const { sent } = aLambdaRuntime(1024);
    let made = 0;
    async function* stream() {
      for (; made < 200; made += 1) yield 'x'.repeat(512);
    }
    const handler = streamed(async () => ({ ...answer, stream: stream() }));
    const streaming = handler(anApiEvent(), aContext());
    for (let i = 0; i < 500; i += 1) await new Promise(setImmediate);
    const madeUnread = made;

    const { body } = await sent();

    expect(madeUnread).toBeLessThan(20);
    expect(body).toHaveLength(200 * 512);
    await streaming;
  });

  it('breaks off where its source does, and is not taken for a whole one', async () => {
    const { response } = aLambdaRuntime();
    const source = aSource();
    const streaming = streamed(async () => ({ ...answer, stream: source.stream }))(
      anApiEvent(),
      aContext(),
    );
    source.give('one');
    await comes('one', response);

    source.fail(new Error('the store is down'));

    await expect(streaming).rejects.toThrow('the store is down');
    expect(response.destroyed).toBe(true);
    expect(response.writableFinished).toBe(false);
  });

  it('lets go of its source when the reader has gone', async () => {
    const { response } = aLambdaRuntime();
    const source = aSource();
    const gone = streamed(async () => ({ ...answer, stream: source.stream }))(
      anApiEvent(),
      aContext(),
    ).catch(() => 'gone');
    source.give('one');
    await comes('one', response);

    response.destroy();
    source.give('two');
    source.give('three');

    expect(await gone).toBe('gone');
    await vi.waitFor(() => expect(source.isClosed()).toBe(true));
  });

  it('is none where the API fails', async () => {
    const { response } = aLambdaRuntime();
    const api: Api = async () => Promise.reject(new Error('a bug'));

    await expect(streamed(api)(anApiEvent(), aContext())).rejects.toThrow('a bug');

    expect(response.readableLength).toBe(0);
  });

  it('is to a body as text, however it came', async () => {
    aLambdaRuntime();
    const bodies: unknown[] = [];
    const api: Api = async ({ body, isBase64Encoded }) => {
      bodies.push(body, isBase64Encoded);
      return answer;
    };
    const body = Buffer.from('{"message":"世界"}').toString('base64');

    await streamed(api)(anApiEvent({ body, isBase64Encoded: true }), aContext());

    expect(bodies).toEqual(['{"message":"世界"}', false]);
  });
});

describe('the API, streamed,', () => {
  it('shows the events of a run to its end', async () => {
    const { sent } = aLambdaRuntime();
    const { ask, submit, reach } = await anApi({ waiting: { streaming: true } });
    const run = await submit({ message: 'hello' });
    await reach(run, ({ status }) => status === 'COMPLETED');
    const path = `/api/runs/${run.id}/events`;

    await streamed(() => ask({ path }))(anApiEvent({ path }), aContext());

    const { head, body } = await sent();
    expect(head).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': expect.stringContaining('text/event-stream') },
    });
    expect(body.match(/^event: .*$/gm)).toEqual([
      'event: run.queued',
      'event: run.started',
      'event: step.started',
      'event: text.delta',
      'event: run.completed',
    ]);
  });
});
