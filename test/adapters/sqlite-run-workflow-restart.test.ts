import { describe, expect, it } from 'vitest';
import { aDatabaseFile } from '../builders/a-database.ts';
import { aWorkflow } from './run-workflow/a-workflow.ts';
import { anExecution, TasksOfARun } from './run-workflow/tasks-of-a-run.ts';

const pausing = () =>
  new TasksOfARun({ segment: (_, call) => ({ next: call === 1 ? 'PAUSE' : 'DONE' }) });

const waiting = ['segment', 'register-pause'] as const;

describe('after a restart on the same database', () => {
  it('a task that was in hand is taken again, with what it was handed', async () => {
    const path = aDatabaseFile();
    const { promise: never } = Promise.withResolvers<never>();
    const killed = new TasksOfARun({
      segment: () => ({ next: 'FAIL', steps: 3 }),
      finalize: () => never,
    });
    const execution = anExecution();
    await aWorkflow(killed, { path }).workflow.start(execution);
    await killed.were('segment', 'finalize');

    const run = new TasksOfARun();
    const { left } = aWorkflow(run, { path });

    await run.were('finalize');
    expect(run.calls[0]?.input).toEqual({ ...execution, handed: { steps: 3 } });
    expect(left()).toEqual([]);
  });

  it('a wait has a new token, and the old one wakes nobody', async () => {
    const path = aDatabaseFile();
    const run = pausing();
    const first = aWorkflow(run, { path });
    await first.workflow.start(anExecution());
    await run.were('segment', 'register-pause');
    const old = run.token;
    await first.stop();

    const { workflow } = aWorkflow(run, { path });
    await run.were('segment', 'register-pause', 'register-pause');

    expect(run.token).not.toBe(old);
    expect(await workflow.resume(old, {})).toBe(false);
    expect(await workflow.resume(run.token, {})).toBe(true);
    await run.were('segment', 'register-pause', 'register-pause', 'segment');
  });

  it('an execution that was taken up counts as started', async () => {
    const path = aDatabaseFile();
    const run = pausing();
    const execution = anExecution();
    const first = aWorkflow(run, { path });
    await first.workflow.start(execution);
    await run.were('segment', 'register-pause');
    await first.stop();
    const { workflow } = aWorkflow(run, { path });

    await workflow.start(execution);

    await run.were('segment', 'register-pause', 'register-pause');
  });

  it.each([
    ['ended', 'DONE'],
    ['was stopped', 'PAUSE'],
  ])('nothing is left of one that %s', async (_, next) => {
    const path = aDatabaseFile();
    const run = new TasksOfARun({ segment: () => ({ next }) });
    const first = aWorkflow(run, { path });
    const execution = anExecution();
    await first.workflow.start(execution);
    await run.were(...(next === 'DONE' ? ['segment' as const] : waiting));
    await first.workflow.stop(execution);
    await first.stop();

    const after = new TasksOfARun();
    const { left } = aWorkflow(after, { path });

    expect(left()).toEqual([]);
    await after.were();
  });
});

describe('closing', () => {
  it('waits for the task in hand, and leaves the rest to the next process', async () => {
    const path = aDatabaseFile();
    const { promise: letGo, resolve: release } = Promise.withResolvers<void>();
    const run = new TasksOfARun({ segment: () => letGo.then(() => ({ next: 'CONTINUE' })) });
    const first = aWorkflow(run, { path });
    await first.workflow.start(anExecution());
    await run.were('segment');

    const closed = first.stop();
    release();
    await closed;

    const after = new TasksOfARun();
    aWorkflow(after, { path });
    await run.were('segment');
    await after.were('segment');
  });

  it('ends the pause before a retry, which the next process makes', async () => {
    const path = aDatabaseFile();
    const run = new TasksOfARun({ segment: () => Promise.reject(new Error('no connection')) });
    const first = aWorkflow(run, { path });
    await first.workflow.start(anExecution());
    await run.were('segment');

    await first.stop();

    const after = new TasksOfARun();
    aWorkflow(after, { path });
    await after.were('segment');
  });

  it('starts nothing more', async () => {
    const run = new TasksOfARun();
    const { workflow } = aWorkflow(run);
    await workflow.close();

    await workflow.start(anExecution());

    await run.were();
  });
});
