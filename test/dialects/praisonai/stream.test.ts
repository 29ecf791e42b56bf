import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defineTool } from '#agent/define-agent.ts';
import { jobEvents } from '#api/dialects/praisonai/job-events.ts';
import { decideApproval } from '#core/approval/decide-approval.ts';
import { getRun } from '#core/run/run-repository.ts';
import type { FakeClock } from '../../builders/a-clock.ts';
import { aPrincipal } from '../../builders/a-principal.ts';
import { anAgent, workingAgent } from '../../builders/an-agent.ts';
import { devToken, restlessWatch } from '../../builders/an-api.ts';
import { collect } from '../../builders/collect.ts';
import { aJobsApi, jobs } from './a-job.ts';

interface Frame {
  readonly event: string | undefined;
  readonly id: string | undefined;
  readonly data: string;
}

/** @throws where a line is none of an event stream's */
function framesIn(text: string): Frame[] {
  return text
    .split('\n\n')
    .filter((frame) => frame !== '' && !frame.startsWith('retry:'))
    .map((frame) => {
      const fields = new Map(
        frame.split('\n').map((line) => {
          const [, name, value] = /^(id|event|data): (.*)$/.exec(line) ?? [];
          if (name === undefined || value === undefined) throw new Error(`No field: ${line}`);
          return [name, value];
        }),
      );
      return { event: fields.get('event'), id: fields.get('id'), data: fields.get('data') ?? '' };
    });
}

/** Event names with what the frame holds; the last one is no JSON. */
const told = (text: string) =>
  framesIn(text).map(({ event, data }): [string | undefined, unknown] =>
    data === '[DONE]' ? [event, data] : [event, JSON.parse(data)],
  );

const names = (text: string) => told(text).map(([event, data]) => event ?? data);

const Timestamp = { timestamp: expect.stringMatching(/^2026-01-01T00:00:\d\d\.\d{6}Z$/) };

async function whileTimePasses<T>(
  clock: FakeClock,
  stepMs: number,
  work: () => Promise<T>,
): Promise<T> {
  let isDone = false;
  const result = work().finally(() => {
    isDone = true;
  });
  while (!isDone) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    clock.advance(stepMs);
  }
  return result;
}

const streaming = { streaming: true };
const keyOf = (id: string) => ({ orgId: 'acme', runId: id.replace('run_', '') });
const lastEventId = (id: string) => ({
  headers: { authorization: `Bearer ${devToken}`, 'last-event-id': id },
});

const lines = 'one\ntwo\r\n\n"three"\u2028\u0085four';
const multiline = anAgent({ id: 'multiline', script: () => ({ text: lines }) });
const failing = anAgent({
  id: 'failing',
  script: () => {
    throw new Error('first line\nsecond line');
  },
});
const telling = anAgent({
  id: 'telling',
  tools: [
    defineTool({
      name: 'tell',
      description: '',
      input: z.object({}),
      idempotent: true,
      execute: (_, { progress }) => {
        progress({ phase: 'reading', percentage: 40 });
        return 'told';
      },
    }),
  ],
  script: ({ turn }) =>
    turn === 0 ? { toolCalls: [{ name: 'tell', input: {} }] } : { text: 'done' },
});

describe('the stream of a job', () => {
  it('tells how it stands, what comes, and its result, in the words of both readers', async () => {
    const { submit, ask, runtime } = await aJobsApi({
      waiting: streaming,
      agents: [telling],
      deps: { queue: { send: async () => undefined } },
    });
    const id = await submit({ prompt: 'hello' });
    const { stream, headers } = await ask({ path: `${jobs}/${id}/stream` });
    if (!stream) throw new Error('There is no stream');
    const parts: string[] = [];
    for await (const part of stream) {
      parts.push(part);
      if (parts.length === 1) await runtime.deps.queue.send([keyOf(id)]);
    }

    expect(headers['content-type']).toBe('text/event-stream');
    expect(told(parts.join(''))).toEqual([
      [
        'status',
        { event: 'status', data: { status: 'queued', job_id: id }, status: 'queued', job_id: id },
      ],
      [
        'progress',
        {
          event: 'progress',
          data: { percentage: 0, current_step: null, step: null },
          percentage: 0,
          current_step: null,
          step: null,
        },
      ],
      [
        'status',
        { event: 'status', data: { status: 'running', job_id: id }, status: 'running', job_id: id },
      ],
      [
        'progress',
        {
          event: 'progress',
          data: { percentage: 40, current_step: 'reading', step: 'reading' },
          percentage: 40,
          current_step: 'reading',
          step: 'reading',
        },
      ],
      ['result', { event: 'complete', data: { result: 'done' }, result: 'done' }],
      [undefined, '[DONE]'],
    ]);
  });

  it('is valid JSON, and one line of it, whatever the result holds', async () => {
    const { submit, get, reached } = await aJobsApi({ agents: [multiline], waiting: streaming });
    const id = await submit({ prompt: 'hello' });
    await reached(id, 'succeeded');

    const { text } = await get(`${id}/stream`);

    expect(text).not.toMatch(/[\u0085\u2028\u2029\r]/);
    expect(told(text).at(-2)).toEqual([
      'result',
      { event: 'complete', data: { result: lines }, result: lines },
    ]);
  });

  it('is valid JSON whatever the error holds', async () => {
    const { submit, get, reached } = await aJobsApi({ agents: [failing], waiting: streaming });
    const id = await submit({ prompt: 'hello' });
    const job = await reached(id, 'failed');

    const { text } = await get(`${id}/stream`);

    const error = job['error'];
    expect(error).toMatch(/\n/);
    expect(told(text).slice(-2)).toEqual([
      ['error', { event: 'error', data: { error }, error }],
      [undefined, '[DONE]'],
    ]);
  });

  it('of a cancelled job says so, and ends', async () => {
    const { submit, get, cancel } = await aJobsApi({
      waiting: streaming,
      deps: { queue: { send: async () => undefined } },
    });
    const id = await submit({ prompt: 'hello' });
    await cancel(id);

    const { text } = await get(`${id}/stream`);

    expect(names(text)).toEqual(['status', 'progress', 'cancelled', '[DONE]']);
  });

  it('of a job that waits for a person says so, and goes on after the decision', async () => {
    const { submit, ask, deps, reach } = await aJobsApi({
      waiting: streaming,
      agents: [workingAgent(() => undefined)],
    });
    const id = await submit({ prompt: 'guarded' });
    const paused = await reach(await getRun(deps, keyOf(id)), ({ status }) => status === 'PAUSED');
    const { stream } = await ask({ path: `${jobs}/${id}/stream` });
    if (!stream) throw new Error('There is no stream');
    const parts: string[] = [];

    for await (const part of stream) {
      parts.push(part);
      if (parts.length === 1)
        await decideApproval(deps, {
          ...keyOf(paused.id),
          decision: 'APPROVE',
          by: aPrincipal('ann'),
          idempotency: undefined,
        });
    }

    const all = told(parts.join(''));
    expect(all[1]).toMatchObject(['progress', { current_step: 'awaiting_approval' }]);
    expect(all.map(([event]) => event)).toEqual([
      'status',
      'progress',
      'status',
      'result',
      undefined,
    ]);
  });

  it('is taken up after the last event that was read', async () => {
    const { submit, get, reached } = await aJobsApi({ agents: [telling], waiting: streaming });
    const id = await submit({ prompt: 'hello' });
    await reached(id, 'succeeded');
    const whole = framesIn((await get(`${id}/stream`, lastEventId('1'))).text);
    const progress = whole.findLast(({ event }) => event === 'progress');

    const { text } = await get(`${id}/stream`, lastEventId(progress?.id ?? ''));

    expect(names(text)).toEqual(['status', 'progress', 'result', '[DONE]']);
    const ids = whole.flatMap((frame) => (frame.id === undefined ? [] : [Number(frame.id)]));
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    expect(names((await get(`${id}/stream`, lastEventId('1'))).text)).toEqual([
      'status',
      'progress',
      'status',
      'progress',
      'result',
      '[DONE]',
    ]);
  });

  it('that broke off at its last event is ended again for a reader who comes back', async () => {
    const { submit, get, reached } = await aJobsApi({ waiting: streaming });
    const id = await submit({ prompt: 'hello' });
    await reached(id, 'succeeded');
    const last = framesIn((await get(`${id}/stream`)).text).findLast(({ id: seq }) => seq);

    const { text } = await get(`${id}/stream`, lastEventId(last?.id ?? ''));

    expect(names(text)).toEqual(['status', 'progress', 'result', '[DONE]']);
  });

  it('has a heartbeat every 5 s while nothing happens', async () => {
    const { submit, ask, clock } = await aJobsApi({
      waiting: streaming,
      deps: { queue: { send: async () => undefined }, watch: restlessWatch },
    });
    const id = await submit({ prompt: 'hello' });
    const { stream } = await ask({ path: `${jobs}/${id}/stream` });
    const reader = stream?.[Symbol.asyncIterator]();
    await reader?.next();
    const beat = async () => {
      const next = await whileTimePasses(clock, 500, async () => reader?.next());
      return { frames: told(String(next?.value)), at: clock.now() };
    };

    const first = await beat();
    const second = await beat();
    await reader?.return?.();

    expect(first.frames).toEqual([
      ['heartbeat', { event: 'heartbeat', data: Timestamp, ...Timestamp }],
    ]);
    expect(second.at - first.at).toBeGreaterThanOrEqual(5000);
    expect(second.at - first.at).toBeLessThan(10_000);
  });

  it('has its heartbeat also while the job does only what this dialect has no words for', async () => {
    const { submit, deps, clock } = await aJobsApi({
      deps: { queue: { send: async () => undefined } },
    });
    const run = await getRun(deps, keyOf(await submit({ prompt: 'hello' })));
    const { frames } = jobEvents(deps, run, run.lastSeq);
    const said = () =>
      frames([{ seq: 2, at: clock.now(), type: 'text.delta', data: { text: 'so' } }]);

    const soon = await said();
    clock.advance(5000);
    const late = await said();
    const again = await said();

    expect([soon, again]).toEqual(['', '']);
    expect(names(late)).toEqual(['heartbeat']);
  });

  it('refuses a Last-Event-ID that is none with 422', async () => {
    const { submit, get } = await aJobsApi();
    const id = await submit({ prompt: 'hello' });

    const { status, json } = await get(`${id}/stream`, lastEventId('abc'));

    expect(status).toBe(422);
    expect(json).toMatchObject({ detail: [{ loc: ['header', 'Last-Event-ID'], input: 'abc' }] });
  });
});

describe('where nothing is sent before the end', () => {
  it('a reader that cannot resume gets how the job stands, then comes back for its result', async () => {
    const { submit, get, runtime, clock } = await aJobsApi({
      waiting: { limitMs: 50 },
      deps: { queue: { send: async () => undefined } },
    });
    const id = await submit({ prompt: 'hello' });

    const poll = async () =>
      names((await whileTimePasses(clock, 10, () => get(`${id}/stream`))).text);

    const first = await poll();
    await runtime.deps.queue.send([keyOf(id)]);
    const seen: unknown[] = [];
    while (!seen.includes('[DONE]')) seen.push(...(await poll()));

    expect(first).toEqual(['status', 'progress', 'heartbeat']);
    expect(seen.slice(-4)).toEqual(['status', 'progress', 'result', '[DONE]']);
  });
});

it('collects nothing for a reader that has gone', async () => {
  const { submit, ask } = await aJobsApi({
    waiting: streaming,
    deps: { queue: { send: async () => undefined } },
  });
  const id = await submit({ prompt: 'hello' });
  const gone = AbortSignal.abort('gone');

  const { stream } = await ask({ path: `${jobs}/${id}/stream`, gone });

  expect(names((await collect(stream ?? (async function* () {})())).join(''))).toEqual([
    'status',
    'progress',
  ]);
});
