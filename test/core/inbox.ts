import type { AgentApprovals } from '#agent/define-agent.ts';
import { listApprovals } from '#core/approval/list-approvals.ts';
import type { AskingRun } from '#core/run/run.ts';
import type { SubmitRunCommand } from '#core/run/submit-run.ts';
import { workingAgent } from '../builders/an-agent.ts';
import { anEngine, type Engine } from '../builders/an-engine.ts';

/** Two agents, `worker` and `other`, whose calls of `guarded` wait for a decision. */
export function anInbox(approvals?: AgentApprovals): Promise<Engine> {
  const rule = approvals === undefined ? {} : { approvals };
  const agents = ['worker', 'other'].map((id) => workingAgent(() => undefined, { id, ...rule }));
  return anEngine({ agents });
}

export async function aPausedRun(
  engine: Engine,
  command: Partial<SubmitRunCommand> = {},
): Promise<AskingRun> {
  const run = await engine.submit({ agentId: 'worker', message: 'guarded', ...command });
  const paused = await engine.reach(run, ({ status }) => status === 'PAUSED');
  if (paused.status !== 'PAUSED' || !paused.pendingApproval)
    throw new Error(`${run.id} is ${paused.status}`);
  engine.clock.advance(1);
  return paused;
}

type Query = Partial<Parameters<typeof listApprovals>[1]>;

export const inbox = (engine: Engine, query: Query = {}) =>
  listApprovals(engine.deps, { orgId: 'acme', status: 'pending', limit: 20, ...query });

export const runIdsIn = async (engine: Engine, query: Query = {}) =>
  (await inbox(engine, query)).approvals.map(({ run }) => run.id);
