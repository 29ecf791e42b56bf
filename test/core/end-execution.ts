import { reconcileExecution } from '#core/run/reconcile-execution.ts';
import type { Run } from '#core/run/run.ts';
import { executionOf } from '#core/run/run-repository.ts';
import type { ExecutionEnd } from '#core/run/run-workflow.ts';
import { latest } from '../builders/a-run.ts';
import { workingAgent } from '../builders/an-agent.ts';
import { anEngine, type Engine } from '../builders/an-engine.ts';

/** With one slot, and an agent that works through its message. */
export const anIdleEngine = () =>
  anEngine({
    idle: true,
    agents: [workingAgent(() => undefined)],
    settings: { slotsPerTenant: 1 },
  });

/** The execution of the run has ended so. @returns the run then, and the runs that were rung for */
export async function end(engine: Engine, run: Run, outcome: ExecutionEnd) {
  const rung: string[] = [];
  const queue = {
    send: async (runs: readonly { runId: string }[]) =>
      void rung.push(...runs.map(({ runId }) => runId)),
  };
  await reconcileExecution({ ...engine.deps, queue }, executionOf(run), outcome);
  return { run: await latest(engine, run), rung };
}

/** Those that are taken. */
export const slots = (engine: Engine) =>
  engine.deps.store.queryKeys({ pk: 'T#acme#SLOT', order: 'ascending', limit: 10 });
