import { describe, expect, it } from 'vitest';
import { registerPauseTask } from '#core/lifecycle-tasks.ts';
import { cancelRun } from '#core/run/cancel-run.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { pauseKey } from '#core/store/keys.ts';
import { aPausedRun, aWorkflowThat } from '../builders/a-run.ts';
import { anIdleEngine } from './end-execution.ts';
import { decide, inputOf } from './tasks.ts';

const worker = { agentId: 'worker', message: 'guarded' };

describe('registering a pause', () => {
  const approvalOf = (run: { id: string }) => ({ approvalId: `${run.id}-1` });

  /** What the workflow was told, one line a call. */
  function aTellingWorkflow() {
    const told: string[] = [];
    const workflow = aWorkflowThat({
      resume: async (token, { decision }) => {
        told.push(`resume ${token} ${decision}`);
        return true;
      },
      failWait: async (token, cause) => void told.push(`fail ${token} ${cause}`),
    });
    return { told, workflow };
  }

  it('keeps the newest token of the wait', async () => {
    const engine = await anIdleEngine();
    const run = await aPausedRun(engine, worker);
    const { told, workflow } = aTellingWorkflow();
    const deps = { ...engine.deps, workflow };

    for (const taskToken of ['first', 'second'])
      await registerPauseTask(deps, { ...inputOf(run, approvalOf(run)), taskToken });

    const pause = await engine.deps.store.get(pauseKey(keyOf(run), 1));
    expect(pause?.value).toMatchObject({ taskToken: 'second', decision: null });
    expect(told).toEqual([]);
  });

  it('sends back at once what was decided before', async () => {
    const engine = await anIdleEngine();
    const run = await aPausedRun(engine, worker);
    const { told, workflow } = aTellingWorkflow();
    const deps = { ...engine.deps, workflow };
    await decide(deps, run, 'APPROVE');

    await registerPauseTask(deps, { ...inputOf(run, approvalOf(run)), taskToken: 'token' });

    expect(told).toEqual(['resume token APPROVE']);
  });

  it('fails the wait of a run that has ended', async () => {
    const engine = await anIdleEngine();
    const run = await aPausedRun(engine, worker);
    const { told, workflow } = aTellingWorkflow();
    const deps = { ...engine.deps, workflow };
    await cancelRun({ ...deps, workflow: aWorkflowThat() }, keyOf(run), 'test');

    await registerPauseTask(deps, { ...inputOf(run, approvalOf(run)), taskToken: 'token' });

    expect(told).toEqual(['fail token run_ended']);
  });

  it.each([
    ['an approval', { taskToken: 'token' }],
    ['a token', { handed: { approvalId: 'a' } }],
  ])('is refused without %s', async (_, given) => {
    const engine = await anIdleEngine();
    const run = await aPausedRun(engine, worker);

    const registering = registerPauseTask(engine.deps, { ...inputOf(run), ...given });

    await expect(registering).rejects.toThrow('expected string');
  });
});
