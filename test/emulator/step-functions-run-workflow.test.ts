import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import type { LifecycleTasks } from '#core/lifecycle-tasks.ts';
import { runWorkflowTests } from '../adapters/run-workflow/run-workflow-tests.ts';
import { anExecution, TasksOfARun } from '../adapters/run-workflow/tasks-of-a-run.ts';
import { type Bridge, buildBridge } from './bridged-run-workflow.ts';

/** From the outcome of a task to the call of the next one it takes the emulator a third of that. */
const quietMs = 300;

/**
 * The emulator takes a token also from a wait that was stopped, and again until the execution has
 * gone on. What matters of these cases is tested below.
 */
const notSoInTheEmulator = [
  'ends a wait when the execution is stopped',
  'goes on when a wait is resumed, which happens once',
];

let bridge: Promise<Bridge> | undefined;

async function aWorkflow(tasks: LifecycleTasks) {
  bridge ??= buildBridge();
  const { workflowOf, calls } = await bridge;
  onTestFinished(async () => {
    const before = calls();
    await sleep(quietMs);
    expect(calls(), 'tasks called after the test').toBe(before);
  });
  return workflowOf(tasks);
}

beforeEach(({ task, skip }) =>
  skip(notSoInTheEmulator.includes(task.name), 'not so in the emulator'),
);
afterAll(async () => (await bridge)?.close());

runWorkflowTests('StepFunctionsRunWorkflow', aWorkflow);

async function aWait() {
  const run = new TasksOfARun({
    segment: (_, call) => ({ next: call === 1 ? 'PAUSE' : 'DONE' }),
  });
  const workflow = await aWorkflow(run.tasks);
  const execution = anExecution();
  await workflow.start(execution);
  await run.were('segment', 'register-pause');
  return { run, workflow, execution };
}

it('goes nowhere from a wait whose execution was stopped', async () => {
  const { run, workflow, execution } = await aWait();

  await workflow.stop(execution, 'cancelled');
  await workflow.resume(run.token, {});

  await sleep(quietMs);
  await run.were('segment', 'register-pause');
});

it('goes on once from a wait, however often it is resumed', async () => {
  const { run, workflow } = await aWait();
  const { token } = run;

  const resumed = await Promise.all([workflow.resume(token, {}), workflow.resume(token, {})]);

  expect(resumed).toContain(true);
  await run.were('segment', 'register-pause', 'segment');
  expect(await workflow.resume(token, {})).toBe(false);
});

it('knows how an execution stands, and when there is none', async () => {
  const succeeding = await aWorkflow(new TasksOfARun().tasks);
  const failing = await aWorkflow(new TasksOfARun({ segment: () => ({ next: 'FAIL' }) }).tasks);
  const [success, failure] = [anExecution(), anExecution()];
  const { workflow, execution: wait } = await aWait();

  await succeeding.start(success);
  await failing.start(failure);

  await expect.poll(() => workflow.outcome(success)).toBe('succeeded');
  await expect.poll(() => workflow.outcome(failure)).toBe('failed');
  expect(await workflow.outcome(wait)).toBe('open');
  await workflow.stop(wait, 'cancelled');
  expect(await workflow.outcome(wait)).toBe('aborted');
  expect(await workflow.outcome(anExecution())).toBe('unknown');
});

it('calls a task again that failed, and goes on', async () => {
  const run = new TasksOfARun({
    segment: (_, call) => {
      if (call === 1) throw new Error('no connection');
      return { next: 'DONE' };
    },
  });
  const workflow = await aWorkflow(run.tasks);

  await workflow.start(anExecution());

  await run.were('segment', 'segment');
});
