import { describe, expect, it } from 'vitest';
import type { LifecycleTask } from '#core/lifecycle.ts';
import type { LifecycleTasks } from '#core/lifecycle-tasks.ts';
import type { RunWorkflow } from '#core/run/run-workflow.ts';
import { anExecution, TasksOfARun } from './tasks-of-a-run.ts';

type MakeWorkflow = (tasks: LifecycleTasks) => RunWorkflow | Promise<RunWorkflow>;

const walks: [outcomes: string[], tasks: LifecycleTask[]][] = [
  [['DONE'], ['segment']],
  [
    ['CONTINUE', 'CONTINUE', 'DONE'],
    ['segment', 'segment', 'segment'],
  ],
  [['FAIL'], ['segment', 'finalize']],
  [['PAUSE'], ['segment', 'register-pause']],
  [
    ['CONTINUE', 'FAIL'],
    ['segment', 'segment', 'finalize'],
  ],
];

/** What every workflow has to do that walks the lifecycle table. */
export function runWorkflowTests(name: string, makeWorkflow: MakeWorkflow): void {
  /** An execution that waits for a decision. */
  async function aWait(script: ConstructorParameters<typeof TasksOfARun>[0] = {}) {
    const run = new TasksOfARun({
      segment: (_, call) => ({ next: call === 1 ? 'PAUSE' : 'DONE', approvalId: 'approval-1' }),
      ...script,
    });
    const workflow = await makeWorkflow(run.tasks);
    const execution = anExecution();
    await workflow.start(execution);
    await run.were('segment', 'register-pause');
    return { run, workflow, execution };
  }

  describe(`${name}, as a run workflow,`, () => {
    it.each(walks)('takes a run whose segments say %j through %j', async (outcomes, tasks) => {
      const run = new TasksOfARun({
        segment: (_, call) => ({ next: outcomes[call - 1] ?? 'DONE' }),
      });
      const workflow = await makeWorkflow(run.tasks);

      await workflow.start(anExecution());

      await run.were(...tasks);
    });

    it('gives each task the execution, and what the one before handed on', async () => {
      const error = { code: 'agent_error', message: 'ünïcödé "quoted"' };
      const run = new TasksOfARun({ segment: () => ({ next: 'FAIL', steps: 3, error }) });
      const workflow = await makeWorkflow(run.tasks);
      const execution = anExecution({ epoch: 7 });

      await workflow.start(execution);
      await run.were('segment', 'finalize');

      expect(run.calls[0]?.input).toMatchObject(execution);
      expect(run.calls[1]?.input).toMatchObject({ ...execution, handed: { steps: 3, error } });
    });

    it('starts an execution once, however often it is asked to', async () => {
      const { promise: letGo, resolve: release } = Promise.withResolvers<void>();
      const run = new TasksOfARun({ segment: () => letGo.then(() => ({ next: 'DONE' })) });
      const workflow = await makeWorkflow(run.tasks);
      const execution = anExecution();

      await Promise.all([workflow.start(execution), workflow.start({ ...execution })]);
      await workflow.start(execution);
      release();

      await run.were('segment');
    });

    it('starts each epoch of a run, and each run', async () => {
      const run = new TasksOfARun();
      const workflow = await makeWorkflow(run.tasks);
      const execution = anExecution();

      await workflow.start(execution);
      await workflow.start({ ...execution, epoch: 2 });
      await workflow.start(anExecution());

      await run.were('segment', 'segment', 'segment');
    });

    it('gives a wait its token and what it waits for', async () => {
      const { run } = await aWait();

      expect(run.token).not.toBe('');
      expect(run.handed).toMatchObject({ approvalId: 'approval-1' });
    });

    it('goes on when a wait is resumed, which happens once', async () => {
      const { run, workflow } = await aWait();
      const token = run.token;

      const first = await workflow.resume(token, {});
      const second = await workflow.resume(token, {});

      expect([first, second]).toEqual([true, false]);
      await run.were('segment', 'register-pause', 'segment');
    });

    it('gives every wait a token of its own', async () => {
      const { run, workflow } = await aWait({
        segment: (_, call) => ({ next: call < 5 ? 'PAUSE' : 'DONE' }),
      });
      const first = run.token;
      await workflow.resume(first, {});
      await run.were('segment', 'register-pause', 'segment', 'register-pause');

      const late = await workflow.resume(first, {});

      expect(late).toBe(false);
      expect(await workflow.resume(run.token, {})).toBe(true);
      await run.were('segment', 'register-pause', 'segment', 'register-pause', 'segment');
    });

    it('finalizes the run of a wait that is failed, and says why', async () => {
      const { run, workflow } = await aWait();

      await workflow.failWait(run.token, 'run_ended');

      await run.were('segment', 'register-pause', 'finalize');
      expect(run.handed).toEqual({ cause: expect.stringMatching(/^run_ended\b/) });
      expect(await workflow.resume(run.token, {})).toBe(false);
    });

    it('does nothing for a token behind which nothing waits', async () => {
      const { run, workflow } = await aWait();

      await workflow.failWait('no-such-token', 'x');

      expect(await workflow.resume('no-such-token', {})).toBe(false);
      await run.were('segment', 'register-pause');
    });

    it('resumes a wait whose token comes back before it has been handed over', async () => {
      const resumed: boolean[] = [];
      const run = new TasksOfARun({
        segment: (_, call) => ({ next: call === 1 ? 'PAUSE' : 'DONE' }),
        'register-pause': async ({ taskToken }) => {
          resumed.push(await workflow.resume(taskToken ?? '', {}));
          return undefined;
        },
      });
      const workflow = await makeWorkflow(run.tasks);

      await workflow.start(anExecution());

      await run.were('segment', 'register-pause', 'segment');
      expect(resumed).toEqual([true]);
    });

    it('ends a wait when the execution is stopped', async () => {
      const { run, workflow, execution } = await aWait();

      await workflow.stop(execution, 'cancelled');

      expect(await workflow.resume(run.token, {})).toBe(false);
      await run.were('segment', 'register-pause');
    });

    it('follows nothing that a stopped execution still says', async () => {
      const { promise: letGo, resolve: release } = Promise.withResolvers<void>();
      const run = new TasksOfARun({ segment: () => letGo.then(() => ({ next: 'FAIL' })) });
      const workflow = await makeWorkflow(run.tasks);
      const execution = anExecution();
      await workflow.start(execution);
      await run.were('segment');

      await workflow.stop(execution, 'superseded');
      release();

      await run.were('segment');
    });

    it('stops one epoch and leaves the other', async () => {
      const { run, workflow, execution } = await aWait();

      await workflow.stop({ ...execution, epoch: 2 }, 'superseded');

      expect(await workflow.resume(run.token, {})).toBe(true);
      await run.were('segment', 'register-pause', 'segment');
    });

    it('stops what has ended or never was without a word', async () => {
      const run = new TasksOfARun();
      const workflow = await makeWorkflow(run.tasks);
      const execution = anExecution();
      await workflow.start(execution);
      await run.were('segment');

      await workflow.stop(execution, 'late');
      await workflow.stop(anExecution(), 'never was');

      await run.were('segment');
    });
  });
}
