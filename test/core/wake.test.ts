import { describe, expect, it } from 'vitest';
import { type ExecutionOutcome, executionName } from '#core/run/run-workflow.ts';
import { sweep } from '#core/run/sweep.ts';
import { aRunningRun, aWorkflowThat, latest } from '../builders/a-run.ts';
import { anEngine } from '../builders/an-engine.ts';
import { expectLegalHistory } from './legal-history.ts';

/** A run whose execution does not go on, and a workflow that says how that stands. */
async function aStandstill(outcome: (calls: number) => ExecutionOutcome) {
  const engine = await anEngine({ idle: true });
  const run = await aRunningRun(engine);
  const called: string[] = [];
  const workflow = aWorkflowThat({
    start: async (execution) => void called.push(`start ${execution.epoch}`),
    stop: async (execution) => void called.push(`stop ${execution.epoch}`),
    outcome: async (execution) => {
      called.push(`outcome ${execution.epoch}`);
      expect(executionName(execution)).toBe(`${run.id}-${execution.epoch}`);
      return outcome(called.length);
    },
  });
  const sweepAfterAMinute = async () => {
    engine.clock.advance(61_000);
    await sweep({ ...engine.deps, workflow });
  };
  return { engine, run, called, sweepAfterAMinute };
}

describe('a run that stands still', () => {
  it('is first started again, and nobody asks how its execution stands', async () => {
    const { engine, run, called, sweepAfterAMinute } = await aStandstill(() => 'aborted');

    await sweepAfterAMinute();

    expect(called).toEqual(['start 1']);
    expect(await latest(engine, run)).toMatchObject({ status: 'RUNNING', epoch: 1, wakes: 1 });
  });

  it.each([
    ['aborted', { status: 'CANCELLED', reason: 'execution_aborted', slot: null }],
    ['timed_out', { status: 'FAILED', error: { code: 'timeout' } }],
  ] as const)('ends at the second sweep where its execution was %s', async (outcome, expected) => {
    const { engine, run, called, sweepAfterAMinute } = await aStandstill(() => outcome);

    await sweepAfterAMinute();
    await sweepAfterAMinute();

    const ended = await latest(engine, run);
    expect(ended).toMatchObject({ ...expected, epoch: 1, executionOpen: false });
    expect(called).toEqual(['start 1', 'outcome 1']);
    await expectLegalHistory(engine.deps, ended);
  });

  it.each(['open', 'unknown', 'failed', 'succeeded'] as const)(
    'gets another execution at the second sweep where its execution is %s',
    async (outcome) => {
      const { engine, run, called, sweepAfterAMinute } = await aStandstill(() => outcome);

      await sweepAfterAMinute();
      await sweepAfterAMinute();

      expect(called).toEqual(['start 1', 'outcome 1', 'stop 1', 'start 2']);
      expect(await latest(engine, run)).toMatchObject({ status: 'RUNNING', epoch: 2, wakes: 0 });
    },
  );

  it('waits for the next sweep where nobody can say how its execution stands', async () => {
    const { engine, run, sweepAfterAMinute } = await aStandstill((calls) => {
      if (calls === 2) throw new Error('ThrottlingException');
      return 'aborted';
    });
    await sweepAfterAMinute();

    await sweepAfterAMinute();
    const between = await latest(engine, run);
    await sweepAfterAMinute();

    expect(between).toMatchObject({ status: 'RUNNING', epoch: 1, wakes: 1 });
    expect(await latest(engine, run)).toMatchObject({ status: 'CANCELLED' });
  });

  it('ends by what is said of its present execution, not of one before', async () => {
    const { engine, run, called, sweepAfterAMinute } = await aStandstill((calls) =>
      calls === 2 ? 'unknown' : 'aborted',
    );

    for (let i = 0; i < 4; i += 1) await sweepAfterAMinute();

    expect(called.slice(4)).toEqual(['start 2', 'outcome 2']);
    expect(await latest(engine, run)).toMatchObject({ status: 'CANCELLED', epoch: 2 });
  });
});
