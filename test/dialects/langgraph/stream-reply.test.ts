import { describe, expect, it } from 'vitest';
import { callerGone } from '#api/api-event.ts';
import { streamReply } from '#api/dialects/langgraph/streams/stream-reply.ts';
import { workingAgent } from '../../builders/an-agent.ts';
import { restlessWatch } from '../../builders/an-api.ts';
import { anEngine } from '../../builders/an-engine.ts';
import { collect } from '../../builders/collect.ts';
import { aStreamRequest, dialectDeps, framesIn, textsOf, toldOf } from './told.ts';

/** An engine that works on nothing, on which time passes for those who look again. */
async function anIdleEngine() {
  const engine = await anEngine({ idle: true });
  return { ...engine, deps: { ...engine.deps, watch: restlessWatch } };
}

/** The parts that come while so much time passes. */
async function partsWithin(seconds: number, waiting = {}) {
  const engine = await anIdleEngine();
  const run = await engine.submit();
  const parts: string[] = [];
  const gone = new AbortController();
  const request = aStreamRequest(run, { modes: ['values'], signal: gone.signal });
  const { body } = streamReply(dialectDeps(engine, waiting), request);
  const reading = (async () => {
    if (typeof body === 'string' || body === undefined) throw new Error('This is no stream');
    for await (const part of body) parts.push(part);
  })();
  for (let i = 0; i < seconds; i += 1) {
    engine.clock.advance(1000);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
  return { parts, reading, gone };
}

it('tells that it is there every 5 s, without a line that would end an event', async () => {
  const { parts, gone, reading } = await partsWithin(16);
  gone.abort(callerGone);
  await reading;

  expect(parts.slice(1, 4)).toEqual([': heartbeat\r\n', ': heartbeat\r\n', ': heartbeat\r\n']);
  expect(framesIn(parts.join('')).map(({ event }) => event)).toContain('metadata');
});

describe('a stream that ends before its run', () => {
  it('ends after the time that the gateway gives it, with what makes a reader come back', async () => {
    const { parts, reading } = await partsWithin(20, { streamLimitMs: 12_000 });
    await reading;

    expect(parts.at(-1)).toBe('data:\r\n\r\n');
  });

  it('tells a reader who comes back and was told nothing that the run is there', async () => {
    const engine = await anIdleEngine();
    const run = await engine.submit();
    const request = aStreamRequest(run, { lastEventId: '1-1' });

    const parts = await collect(textsOf(engine, request, { streamLimitMs: 0 }));

    expect(parts).toEqual([
      `event: metadata\r\ndata: {"run_id":"${run.id}","attempt":1}\r\n\r\ndata:\r\n\r\n`,
    ]);
  });

  it('spares the Python SDK the event that the JavaScript SDK comes back for', async () => {
    const engine = await anIdleEngine();
    const run = await engine.submit();
    const request = aStreamRequest(run, { userAgent: 'langgraph-sdk-py/0.4.14' });

    const parts = await collect(textsOf(engine, request, { streamLimitMs: 0 }));

    expect(parts.join('')).not.toContain('data:\r\n');
  });

  it('does not make anybody come back where the run has ended', async () => {
    const engine = await anEngine();
    const run = await engine.submit();

    const parts = await collect(textsOf(engine, aStreamRequest(run)));

    expect(parts.join('')).not.toContain('data:\r\n');
    expect(await engine.reach(run, () => true)).toMatchObject({ status: 'COMPLETED' });
  });

  it('without streaming is collected up to the limit, without signs of life', async () => {
    const { parts, reading } = await partsWithin(30, { streaming: false, limitMs: 25_000 });
    await reading;

    expect(parts.join('')).not.toContain('heartbeat');
    expect(parts.at(-1)).toBe('data:\r\n\r\n');
  });
});

it('names where it goes on, and closes where the run waits for a person', async () => {
  const engine = await anEngine({ agents: [workingAgent(() => undefined)] });
  const run = await engine.submit({ agentId: 'worker', message: 'guarded' });
  const request = aStreamRequest(run, { modes: ['updates'] });

  const { headers } = streamReply(dialectDeps(engine), request);
  const told = await toldOf(engine, request);

  const path = `/threads/${run.sessionId}/runs/${run.id}`;
  expect(headers).toMatchObject({ location: `${path}/stream`, 'content-location': path });
  expect(told.at(-1)?.object).toMatchObject({ __interrupt__: [{ value: expect.anything() }] });
});

it('names the run alone where the thread is none of the caller', async () => {
  const engine = await anIdleEngine();
  const run = await engine.submit();

  const { headers } = streamReply(dialectDeps(engine), aStreamRequest(run, { isStateless: true }));

  expect(headers).toMatchObject({
    location: `/threads/${run.sessionId}/runs/${run.id}/stream`,
    'content-location': `/runs/${run.id}`,
  });
});

describe('a reader who goes', () => {
  const leave = async (cancelOnDisconnect: boolean, reason: string) => {
    const engine = await anEngine({ idle: true });
    const run = await engine.submit();
    const gone = new AbortController();
    const request = aStreamRequest(run, { signal: gone.signal, cancelOnDisconnect });
    const parts = textsOf(engine, request);
    await parts.next();
    gone.abort(reason);
    await parts.return(undefined);
    return engine.reach(run, ({ status }) => status === 'CANCELLED' || !cancelOnDisconnect);
  };

  it('cancels the run where that is asked for', async () => {
    expect(await leave(true, callerGone)).toMatchObject({ status: 'CANCELLED' });
  });

  it('leaves it at work else', async () => {
    expect(await leave(false, callerGone)).toMatchObject({ status: 'QUEUED' });
  });

  it('leaves it at work where the service lets go of it', async () => {
    const engine = await anEngine({ idle: true });
    const run = await engine.submit();
    const gone = new AbortController();
    const request = aStreamRequest(run, { signal: gone.signal, cancelOnDisconnect: true });
    const parts = textsOf(engine, request);
    await parts.next();

    gone.abort('The service stops');
    await collect(parts);

    expect(await engine.reach(run, () => true)).toMatchObject({ status: 'QUEUED' });
  });
});

it('begins anew for a reader with an id from elsewhere', async () => {
  const engine = await anEngine();
  const run = await engine.submit();
  const whole = await toldOf(engine, aStreamRequest(run));

  expect(await toldOf(engine, aStreamRequest(run, { lastEventId: '-1' }))).toEqual(whole);
  expect(await toldOf(engine, aStreamRequest(run, { lastEventId: 'x' }))).toEqual(whole);
});
