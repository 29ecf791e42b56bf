import { describe, expect, it } from 'vitest';
import { finalizeTask, segmentTask, TaskInput } from '#core/lifecycle-tasks.ts';
import { cancelRun } from '#core/run/cancel-run.ts';
import { keyOf } from '#core/run/run-repository.ts';
import {
  anInvocation,
  aQueuedRun,
  aRunningRun,
  aWorkflowThat,
  isIn,
  latest,
} from '../builders/a-run.ts';
import { workingAgent } from '../builders/an-agent.ts';
import { anEngine, type Engine } from '../builders/an-engine.ts';
import { inputOf } from './tasks.ts';

const anIdleEngine = (settings = {}) =>
  anEngine({
    idle: true,
    settings,
    agents: [workingAgent(() => undefined, { limits: { maxSteps: 3 } })],
  });

const worker = (message: string) => ({ agentId: 'worker', message });

const segment = (engine: Engine, input: TaskInput, stopping?: AbortSignal) =>
  segmentTask(engine.deps, input, anInvocation('worker', stopping));

describe('the input of a task', () => {
  const execution = { orgId: 'acme', runId: 'run', epoch: 1 };

  it('is the execution, and nothing handed on at first', () => {
    expect(TaskInput.parse(execution)).toEqual({ ...execution, handed: {} });
  });

  it('has what the state before handed on, and the token where one is waited for', () => {
    const handed = { approvalId: 'a', steps: 3, error: { code: 'x' } };

    const input = TaskInput.parse({ ...execution, handed, taskToken: 'token' });

    expect(input).toEqual({ ...execution, handed, taskToken: 'token' });
  });

  it.each([
    ['no run', { orgId: 'acme', epoch: 1 }],
    ['no organisation', { runId: 'run', epoch: 1 }],
    ['an epoch in words', { ...execution, epoch: '1' }],
    ['a list handed on', { ...execution, handed: [] }],
    ['a token that is none', { ...execution, taskToken: 7 }],
  ])('is refused with %s', (_, input) => {
    expect(TaskInput.safeParse(input).success).toBe(false);
  });
});

describe('a segment', () => {
  it('says that the run is done, how it has ended, and what it did', async () => {
    const engine = await anIdleEngine();
    const run = await aRunningRun(engine, worker('safe risky'));

    const outcome = await segment(engine, inputOf(run));

    expect(outcome).toEqual({ next: 'DONE', status: 'COMPLETED', steps: 5, lastTool: 'risky' });
  });

  it('names no tool where it called none', async () => {
    const engine = await anIdleEngine();
    const run = await aRunningRun(engine, worker(''));

    const outcome = await segment(engine, inputOf(run));

    expect(outcome).toEqual({ next: 'DONE', status: 'COMPLETED', steps: 1 });
  });

  it('says what a run waits for that has paused', async () => {
    const engine = await anIdleEngine();
    const run = await aRunningRun(engine, worker('safe guarded'));

    const outcome = await segment(engine, inputOf(run));

    expect(outcome).toEqual({
      next: 'PAUSE',
      steps: 4,
      lastTool: 'safe',
      approvalId: `${run.id}-1`,
    });
  });

  it('says why a run has failed', async () => {
    const engine = await anIdleEngine();
    const run = await aRunningRun(engine, worker('safe safe safe safe'));

    const outcome = await segment(engine, inputOf(run));

    expect(outcome).toMatchObject({
      next: 'FAIL',
      lastTool: 'safe',
      error: { code: 'step_limit' },
    });
  });

  it('hands over to the next when it is to stop', async () => {
    const engine = await anIdleEngine();
    const run = await aRunningRun(engine, worker('safe'));

    const outcome = await segment(engine, inputOf(run), AbortSignal.abort());

    expect(outcome).toEqual({ next: 'CONTINUE', steps: 0 });
    expect(await latest(engine, run)).toMatchObject({ status: 'RUNNING', lease: null, deaths: 0 });
  });

  it('says that a run is done that was cancelled before', async () => {
    const engine = await anIdleEngine();
    const run = await aRunningRun(engine, worker('safe'));
    await cancelRun({ ...engine.deps, workflow: aWorkflowThat() }, keyOf(run), 'test');

    const outcome = await segment(engine, inputOf(run));

    expect(outcome).toEqual({ next: 'DONE', status: 'CANCELLED', steps: 0 });
  });

  it('has nothing to do in an execution that another has replaced', async () => {
    const engine = await anIdleEngine();
    const run = await aRunningRun(engine, worker('safe'));

    const outcome = await segment(engine, { ...inputOf(run), epoch: run.epoch - 1 });

    expect(outcome).toEqual({ next: 'DONE', steps: 0 });
    expect(await latest(engine, run)).toEqual(run);
  });
});

describe('finalizing', () => {
  it.each([
    [{ cause: 'States.Timeout: Lambda' }, 'States.Timeout: Lambda'],
    [{}, 'The workflow ended before the run did.'],
    [{ next: 'FAIL', steps: 3 }, 'The workflow ended before the run did.'],
  ])('a live run makes it fail, handed %j', async (handed, message) => {
    const engine = await anIdleEngine();
    const run = await aRunningRun(engine, worker('safe'));

    const outcome = await finalizeTask(engine.deps, inputOf(run, handed));

    const error = { code: 'infrastructure', message };
    expect(outcome).toEqual({ next: 'FAILED', error });
    expect(await latest(engine, run)).toMatchObject({ status: 'FAILED', error });
  });

  it('a run that has failed says why', async () => {
    const engine = await anIdleEngine();
    const run = await aRunningRun(engine, worker('safe safe safe safe'));
    const { next: _, ...handed } = await segment(engine, inputOf(run));

    const outcome = await finalizeTask(engine.deps, inputOf(run, handed));

    expect(outcome).toMatchObject({ next: 'FAILED', error: { code: 'step_limit' } });
  });

  it('a run that has ended otherwise leaves it as it is, and rings for the next', async () => {
    const engine = await anIdleEngine();
    const run = await aRunningRun(engine, worker(''));
    const next = await aQueuedRun(engine, { ...worker(''), sessionId: run.sessionId });
    await segment(engine, inputOf(run));
    const completed = isIn(await latest(engine, run), 'COMPLETED');
    const rung: unknown[] = [];
    const queue = { send: async (runs: readonly unknown[]) => void rung.push(...runs) };

    const outcome = await finalizeTask({ ...engine.deps, queue }, inputOf(run));

    expect(outcome).toEqual({ next: 'ENDED' });
    expect(await latest(engine, run)).toEqual(completed);
    expect(rung).toEqual([keyOf(next)]);
  });

  it('an execution that another has replaced leaves the run alone', async () => {
    const engine = await anIdleEngine();
    const run = await aRunningRun(engine, worker('safe'));

    const outcome = await finalizeTask(engine.deps, { ...inputOf(run), epoch: run.epoch - 1 });

    expect(outcome).toEqual({ next: 'ENDED' });
    expect(await latest(engine, run)).toEqual(run);
  });

  it('is refused with a cause that is no text', async () => {
    const engine = await anIdleEngine();
    const run = await aRunningRun(engine, worker('safe'));

    const finalizing = finalizeTask(engine.deps, inputOf(run, { cause: { Error: 'x' } }));

    await expect(finalizing).rejects.toThrow('expected string');
    expect(await latest(engine, run)).toEqual(run);
  });
});
