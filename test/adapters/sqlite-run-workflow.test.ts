import { describe, expect, it } from 'vitest';
import { longestPauseSeconds } from '#core/lifecycle.ts';
import { aDatabaseFile } from '../builders/a-database.ts';
import { aRestlessClock, aWorkflow } from './run-workflow/a-workflow.ts';
import { runWorkflowTests } from './run-workflow/run-workflow-tests.ts';
import { anExecution, TasksOfARun } from './run-workflow/tasks-of-a-run.ts';

runWorkflowTests('SqliteRunWorkflow', (tasks) => aWorkflow({ tasks }).workflow);

const longestPauseMs = longestPauseSeconds * 1000;

const pausing = (more: ConstructorParameters<typeof TasksOfARun>[0] = {}) =>
  new TasksOfARun({ segment: (_, call) => ({ next: call === 1 ? 'PAUSE' : 'DONE' }), ...more });

const broken = (message = 'no connection') => Promise.reject(new Error(message));

describe('a task that fails', () => {
  it('is tried again, later each time, until it succeeds', async () => {
    const { clock, sleeps } = aRestlessClock();
    const run = new TasksOfARun({
      segment: (_, call) => (call < 4 ? broken() : { next: 'DONE' }),
    });
    const { workflow, left } = aWorkflow(run, { clock });

    await workflow.start(anExecution());

    await run.were('segment', 'segment', 'segment', 'segment');
    expect(sleeps).toEqual([2000, 4000, 8000]);
    expect(left()).toEqual([]);
  });

  it('is finalized after all retries, with what was wrong the last time', async () => {
    const { clock, sleeps } = aRestlessClock();
    const run = new TasksOfARun({ segment: (_, call) => broken(`attempt ${call}`) });
    const { workflow } = aWorkflow(run, { clock });

    await workflow.start(anExecution());

    await run.were(...Array.from({ length: 7 }, () => 'segment' as const), 'finalize');
    expect(sleeps).toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000]);
    expect(run.handed).toEqual({ cause: 'Error: attempt 7' });
  });

  it('begins to count anew in the next state', async () => {
    const { clock } = aRestlessClock();
    const run = new TasksOfARun({
      segment: (_, call) => {
        if (call === 6) return { next: 'CONTINUE' };
        return call < 12 ? broken() : { next: 'DONE' };
      },
    });
    const { workflow } = aWorkflow(run, { clock });

    await workflow.start(anExecution());

    await run.were(...Array.from({ length: 12 }, () => 'segment' as const));
  });

  it('fails as well by an outcome that is none', async () => {
    const { clock } = aRestlessClock();
    const run = new TasksOfARun({
      segment: (_, call) => (call === 1 ? undefined : { next: 'DONE' }),
    });
    const { workflow } = aWorkflow(run, { clock });

    await workflow.start(anExecution());

    await run.were('segment', 'segment');
  });

  it('ends the execution when even finalizing fails', async () => {
    const { clock, sleeps } = aRestlessClock();
    const run = new TasksOfARun({ segment: () => ({ next: 'FAIL' }), finalize: () => broken() });
    const { workflow, left } = aWorkflow(run, { clock });

    await workflow.start(anExecution());

    await run.were('segment', ...Array.from({ length: 11 }, () => 'finalize' as const));
    expect(sleeps).toHaveLength(10);
    expect(left()).toEqual([]);
  });

  it('is not tried again once the execution is stopped', async () => {
    const run = new TasksOfARun({ segment: () => broken() });
    const { workflow, clock } = aWorkflow(run);
    const execution = anExecution();
    await workflow.start(execution);
    await run.were('segment');

    await workflow.stop(execution);
    clock.advance(longestPauseMs);

    await run.were('segment');
  });

  it('enters a wait again, with a new token, where it was to register that', async () => {
    const { clock } = aRestlessClock();
    const tokens = new Set<string | undefined>();
    const run = pausing({
      'register-pause': ({ taskToken }, call) => {
        tokens.add(taskToken);
        return call < 4 ? broken() : undefined;
      },
    });
    const { workflow } = aWorkflow(run, { clock });

    await workflow.start(anExecution());

    await run.were('segment', 'register-pause', 'register-pause', 'register-pause');
    expect(tokens.size).toBe(3);
    expect(await workflow.resume(run.token, {})).toBe(true);
  });

  it('is finalized where a wait can never be registered', async () => {
    const { clock } = aRestlessClock();
    const run = pausing({ 'register-pause': () => broken('no such run') });
    const { workflow } = aWorkflow(run, { clock });

    await workflow.start(anExecution());

    await run.were(
      'segment',
      ...Array.from({ length: 7 }, () => 'register-pause' as const),
      'finalize',
    );
    expect(run.handed).toEqual({ cause: 'Error: no such run' });
  });
});

describe('a wait that nobody ends', () => {
  it.each([
    ['DECIDED', ['segment']],
    ['ENDED', ['finalize']],
  ] as const)('ends after the longest pause, and %s leads to %j', async (next, following) => {
    const run = pausing({ 'expire-pause': () => ({ next }) });
    const { workflow, clock } = aWorkflow(run);
    await workflow.start(anExecution());
    await run.were('segment', 'register-pause');

    clock.advance(longestPauseMs);
    workflow.expireWaits();

    await run.were('segment', 'register-pause', 'expire-pause', ...following);
    expect(await workflow.resume(run.token, {})).toBe(false);
  });

  it('goes on waiting until then', async () => {
    const run = pausing();
    const { workflow, clock } = aWorkflow(run);
    await workflow.start(anExecution());
    await run.were('segment', 'register-pause');

    clock.advance(longestPauseMs - 1);
    workflow.expireWaits();

    await run.were('segment', 'register-pause');
  });

  it('has the time that it has left across a restart', async () => {
    const path = aDatabaseFile();
    const run = pausing();
    const first = aWorkflow(run, { path });
    await first.workflow.start(anExecution());
    await run.were('segment', 'register-pause');
    first.clock.advance(longestPauseMs / 2);
    await first.stop();
    const { workflow, clock } = aWorkflow(run, { path, clock: first.clock });
    await run.were('segment', 'register-pause', 'register-pause');

    clock.advance(longestPauseMs / 2);
    workflow.expireWaits();

    await run.were('segment', 'register-pause', 'register-pause', 'expire-pause', 'finalize');
  });
});

describe('what a state hands to the next', () => {
  it.each([
    ['256 KiB is carried', 256 * 1024 - 50, ['segment', 'finalize'] as const],
    ['more than 256 KiB stops the execution, as it would in AWS', 256 * 1024, ['segment'] as const],
  ])('%s', async (_, size, tasks) => {
    const run = new TasksOfARun({ segment: () => ({ next: 'FAIL', text: 'x'.repeat(size) }) });
    const { workflow, logged } = aWorkflow(run);

    await workflow.start(anExecution());

    await run.were(...tasks);
    const stuck = logged.filter(({ message }) => message === 'execution stands still');
    expect(stuck).toHaveLength(tasks.length === 1 ? 1 : 0);
  });

  it('is measured in bytes', async () => {
    const run = new TasksOfARun({ segment: () => ({ next: 'FAIL', t: '世'.repeat(100_000) }) });
    const { workflow } = aWorkflow(run);

    await workflow.start(anExecution());

    await run.were('segment');
  });

  it('to a state that there is not leaves the execution where it is, and says so', async () => {
    const run = new TasksOfARun({ segment: () => ({ next: 'ELSEWHERE' }) });
    const { workflow, logged, left } = aWorkflow(run);

    await workflow.start(anExecution());

    await run.were('segment');
    expect(logged).toMatchObject([{ level: 'error', message: 'execution stands still' }]);
    expect(left()).toMatchObject([{ state: 'RunSegment' }]);
  });
});
