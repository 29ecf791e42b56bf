import { describe, expect, it } from 'vitest';
import type { WaitSettings } from '#api/dialect-deps.ts';
import { workingAgent } from '../builders/an-agent.ts';
import { anApi, restlessWatch } from '../builders/an-api.ts';

const path = '/api/agents/worker/runs';
const limitMs = 12_000;

/** An API whose agent works until it is let go, and whose callers wait by the clock of the test. */
async function anApiAtWork(waiting: Partial<WaitSettings> = {}) {
  const { promise: letGo, resolve: release } = Promise.withResolvers<void>();
  const api = await anApi({
    agents: [workingAgent(() => letGo)],
    waiting: { limitMs, streaming: true, ...waiting },
    deps: { watch: restlessWatch },
  });
  /** Lets time pass until it has happened. */
  const pass = async <T>(happens: Promise<T>): Promise<T> => {
    let over = false;
    const done = () => {
      over = true;
    };
    happens.then(done, done);
    while (!over) {
      api.clock.advance(500);
      for (let turns = 0; turns < 10; turns += 1) await new Promise(setImmediate);
    }
    return happens;
  };
  const ask = async (message = 'safe', gone?: AbortSignal) => {
    const result = await pass(api.ask({ path, json: { message }, ...(gone ? { gone } : {}) }));
    return { ...result, parts: result.stream?.[Symbol.asyncIterator]() };
  };
  return { ...api, ask, pass, release };
}

const running = { content: '', status: 'RUNNING' };

describe('a streamed answer', () => {
  it('is as any other where the run is done at once', async () => {
    const { ask, release } = await anApiAtWork();
    release();

    const { statusCode, headers, body, stream } = await ask();

    expect(stream).toBeUndefined();
    expect(statusCode).toBe(200);
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(body)).toMatchObject({ status: 'COMPLETED', content: 'safe: ok' });
  });

  it('begins with white space while the run works, and ends with the run', async () => {
    const { ask, pass, release } = await anApiAtWork();

    const { statusCode, headers, body, parts } = await ask();
    const first = await parts?.next();
    const second = parts && (await pass(parts.next()));
    release();
    const third = await parts?.next();
    const last = await parts?.next();

    expect({ statusCode, body }).toEqual({ statusCode: 200, body: '' });
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      location: expect.stringMatching(/\/api\/agents\/worker\/runs\/run_.+\/status$/),
    });
    expect([first, second].map((part) => part?.value)).toEqual([' ', ' ']);
    expect(JSON.parse(third?.value ?? '')).toMatchObject({
      status: 'COMPLETED',
      content: 'safe: ok',
    });
    expect(last?.done).toBe(true);
  });

  it('is the run at work when the limit is over, and the run goes on', async () => {
    const { ask, pass, release, call } = await anApiAtWork();
    const { headers, parts } = await ask();

    const texts: string[] = [];
    for (
      let part = await parts?.next();
      part && !part.done && parts;
      part = await pass(parts.next())
    )
      texts.push(part.value);
    release();

    expect(texts.slice(0, -1).every((text) => text === ' ')).toBe(true);
    expect(JSON.parse(texts.join(''))).toMatchObject(running);
    const status = new URL(headers['location'] ?? '').pathname;
    await expect
      .poll(() => call({ path: status }))
      .toMatchObject({ json: { status: 'COMPLETED' } });
  });

  it('has no white space where the limit comes before it', async () => {
    const { ask } = await anApiAtWork({ limitMs: 3000 });

    const { stream, body } = await ask();

    expect(stream).toBeUndefined();
    expect(JSON.parse(body)).toMatchObject(running);
  });

  it('ends with the approval that the run waits for', async () => {
    const { ask, release } = await anApiAtWork();

    const { parts } = await ask('safe guarded');
    await parts?.next();
    release();
    const last = await parts?.next();

    expect(JSON.parse(last?.value ?? '')).toMatchObject({
      status: 'PAUSED',
      requiredAction: { type: 'TOOL_APPROVAL', tool: 'guarded', args: { n: 1 } },
    });
  });

  it('ends when the caller has gone', async () => {
    const gone = new AbortController();
    const { ask } = await anApiAtWork();
    const { parts } = await ask('safe', gone.signal);
    await parts?.next();

    gone.abort();

    await parts?.next();
    expect(await parts?.next()).toMatchObject({ done: true });
  });
});

describe('a buffered answer', () => {
  it('is the run at work when the limit is over', async () => {
    const { ask } = await anApiAtWork({ streaming: false });

    const { statusCode, headers, body, stream } = await ask();

    expect(stream).toBeUndefined();
    expect(statusCode).toBe(200);
    expect(headers['location']).toContain('/status');
    expect(JSON.parse(body)).toMatchObject(running);
  });

  it('waits for the run until then', async () => {
    const { ask, clock, release } = await anApiAtWork({ streaming: false });
    const asked = ask();
    clock.advance(limitMs / 3);

    release();

    expect(JSON.parse((await asked).body)).toMatchObject({ status: 'COMPLETED' });
  });

  it('does not wait for a caller that has gone', async () => {
    const { api, gone } = await anApiAtWork({ streaming: false }).then((one) => ({
      api: one,
      gone: AbortSignal.abort(),
    }));

    const { body } = await api.ask('safe', gone);

    expect(JSON.parse(body)).toMatchObject(running);
  });
});

describe('a caller that decides', () => {
  const continueOf = (runId: string) => `${path}/${runId}/continue`;

  async function aPausedRun() {
    const api = await anApiAtWork();
    api.release();
    const { body } = await api.ask('guarded');
    return { ...api, runId: String(JSON.parse(body).runId) };
  }

  it('gets the run as it ends', async () => {
    const { call, runId } = await aPausedRun();

    const reply = await call({ path: continueOf(runId), json: { action: 'APPROVE' } });

    expect(reply).toMatchObject({
      status: 200,
      json: { runId, status: 'COMPLETED', content: 'guarded: ok' },
    });
  });

  it('too late is shown who was first', async () => {
    const { call, runId } = await aPausedRun();
    await call({ path: continueOf(runId), json: { action: 'REJECT', reason: 'no' } });

    const late = await call({ path: continueOf(runId), json: { action: 'APPROVE' } });

    expect(late).toMatchObject({
      status: 409,
      json: {
        code: 'run_state_conflict',
        runId,
        currentStatus: 'COMPLETED',
        decided: { decision: 'REJECT', by: 'dev' },
      },
    });
  });

  it('on an approval that the run does not wait for is refused', async () => {
    const { call, runId } = await aPausedRun();
    const json = { action: 'APPROVE', approvalId: `${runId.replace('run_', '')}-9` };

    expect(await call({ path: continueOf(runId), json })).toMatchObject({ status: 409 });
  });
});
