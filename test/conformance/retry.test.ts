import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  aCompletedRun,
  aPausedRun,
  aRunningRun,
  finance,
  ops,
  priceAsked,
  print,
  question,
  slow,
  workFor,
} from './agents.ts';
import { them, us } from './client.ts';
import { eventually } from './eventually.ts';
import { submitJob, untilJobIs } from './jobs.ts';
import { cancel, detailOf, endLater, type Run, submit, untilIs } from './runs.ts';
import { RetriedRuns, RunView, ToolCalls } from './wire-of-longrun.ts';

/** One pixel. */
const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const bare = ({ id }: Run) => id.replace('run_', '');
const aKey = () => ({ 'Idempotency-Key': randomUUID() });

async function retried(run: Run, json: object = {}, headers = aKey()) {
  const path = `/api/runs/${run.id}/retry`;
  const answer = await us.answered(202, RunView, 'POST', path, { json, headers });
  const next = { id: `run_${answer.body.id}`, agentId: run.agentId };
  endLater(us, next);
  return { ...answer, next };
}

const callsOf = async (run: Run) =>
  (await us.call(ToolCalls, 'GET', `/api/runs/${run.id}/tool-calls`)).body.toolCalls;

describe('a run that is retried', () => {
  it('is done again as a new run that names it', async () => {
    const run = await aCompletedRun(us);

    const { body, headers, next } = await retried(run);

    expect(body.id).not.toBe(bare(run));
    expect(body.origin).toEqual({ runId: bare(run), step: 0 });
    expect(headers.get('Location')).toBe(body.links.self);
    expect((await untilIs(us, next, 'COMPLETED')).output).toContain(priceAsked);
    expect((await detailOf(us, run)).status).toBe('COMPLETED');
  });

  it('goes on after a step without repeating the tool calls before it', async () => {
    const run = await aCompletedRun(us);
    const before = await callsOf(run);

    const { body, next } = await retried(run, { fromStep: 2 });

    expect(body.origin).toEqual({ runId: bare(run), step: 2 });
    await untilIs(us, next, 'COMPLETED');
    expect((await callsOf(next)).map(({ toolCallId }) => toolCallId)).toEqual(
      before.map(({ toolCallId }) => toolCallId),
    );
  });

  it('can be one that never began', async () => {
    const blocker = await submit(us, slow, { message: workFor(60), sessionId: randomUUID() });
    const { sessionId } = await untilIs(us, blocker, 'RUNNING');
    const queued = await submit(us, finance, { message: question, sessionId });
    await cancel(us, queued);
    await cancel(us, blocker);

    const { next } = await retried(queued);

    await untilIs(us, next, 'COMPLETED');
  });

  it('has its media', async () => {
    const media = [{ type: 'image/png', data: pixel }];
    const run = await submit(us, print, { message: '3 prints, 10 cm wide', media });
    const { requiredAction } = await untilIs(us, run, 'PAUSED');
    await cancel(us, run);

    const { next } = await retried(run);

    const { args } = (await untilIs(us, next, 'PAUSED')).requiredAction;
    expect(args).toEqual(requiredAction.args);
    expect(args).toMatchObject({ widthCm: 10, heightCm: 10 });
  });

  it('is one run for one key', async () => {
    const run = await aCompletedRun(us);
    const headers = aKey();
    const first = await retried(run, {}, headers);

    const second = await retried(run, {}, headers);

    expect(second.next).toEqual(first.next);
    expect(second.headers.get('Idempotency-Replayed')).toBe('true');
    const path = `/api/runs/${run.id}/retry`;
    await us.refused(409, 'POST', path, { json: { fromStep: 1 }, headers });
  });

  it('is refused with 409 while it lives', async () => {
    for (const run of [await aRunningRun(us), await aPausedRun(us)]) {
      const { body } = await us.refused(409, 'POST', `/api/runs/${run.id}/retry`);
      expect(body.code).toBe('run_state_conflict');
    }
  });

  it.each([-1, 1.5, 'one', 1000])('is refused with 400 from step %s', async (fromStep) => {
    const run = await aCompletedRun(us);

    const { body } = await us.refused(400, 'POST', `/api/runs/${run.id}/retry`, {
      json: { fromStep },
    });

    expect(body.invalidParams).toMatchObject([{ name: 'fromStep' }]);
  });
});

describe('retrying many runs', () => {
  const retryAll = async (json: object, headers = aKey()) => {
    const { body } = await us.call(RetriedRuns, 'POST', '/api/runs/retry', { json, headers });
    for (const { to } of body.retried) endLater(us, { id: `run_${to}`, agentId: ops });
    return body;
  };

  /** Listed, as a list may be late. */
  const whenAll = (count: number, json: object, headers = aKey()) =>
    eventually('all are found', async () => {
      const body = await retryAll(json, headers);
      return body.retried.length === count ? body : undefined;
    });

  it('does the chosen ones again, once for one key', async () => {
    const groupId = `group-${randomUUID()}`;
    const ids: string[] = [];
    for (let i = 0; i < 3; i += 1)
      ids.push(await submitJob(us, { prompt: question, agent_file: finance, session_id: groupId }));
    for (const id of ids) await untilJobIs(us, id, 'succeeded');
    const headers = aKey();
    const filter = { groupId, status: 'COMPLETED' };

    const first = await whenAll(3, filter, headers);
    for (const { to } of first.retried) await untilJobIs(us, `run_${to}`, 'succeeded');
    const second = await retryAll(filter, headers);

    expect(first.retried.map(({ from }) => `run_${from}`)).toEqual(ids);
    expect(second).toEqual(first);
  });

  it('chooses none of another tenant, nor any that still lives', async () => {
    const groupId = `group-${randomUUID()}`;
    await submitJob(us, { prompt: workFor(60), agent_file: slow, session_id: groupId });
    await submitJob(them, { prompt: question, agent_file: finance, session_id: groupId });

    const status = ['COMPLETED', 'FAILED', 'CANCELLED'];

    expect(await retryAll({ groupId, status })).toEqual({
      retried: [],
      skipped: [],
      nextCursor: null,
    });
  });

  it.each([
    [{ status: 'RUNNING' }, 'status'],
    [{ limit: 1001 }, 'limit'],
    [{ limit: 0 }, 'limit'],
    [{ submittedAfter: 'yesterday' }, 'submittedAfter'],
    [{ errorCode: 'no_such_code' }, 'errorCode'],
    [{ cursor: 'x' }, 'cursor'],
  ])('is refused with 400 for %j', async (json, field) => {
    const { body } = await us.refused(400, 'POST', '/api/runs/retry', { json });

    expect(body.invalidParams?.[0]?.name).toBe(field);
  });

  it('is refused with 400 for a filter that there is not: it would choose all', async () => {
    await us.refused(400, 'POST', '/api/runs/retry', { json: { agent: 'finance_agent' } });
  });
});
