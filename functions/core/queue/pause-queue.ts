import type { RunDeps } from '../run/deps.ts';
import { heldPartition, heldRange, runIdOfHeld } from '../store/keys.ts';
import { changeTenantSettings, type QueueControl } from '../tenant/tenant-settings.ts';

type Deps = Pick<RunDeps, 'store' | 'clock' | 'queue'>;

const keysPerQuery = 500;

/**
 * Starts no more runs of the tenant, or of one of its agents. Submissions are taken and stay QUEUED;
 * what runs goes on.
 */
export const pauseQueue = (
  deps: Deps,
  orgId: string,
  agentId: string | undefined,
): Promise<QueueControl> =>
  changeTenantSettings(deps, orgId, ({ pausedAgents }) =>
    agentId === undefined
      ? { paused: true }
      : { pausedAgents: [...new Set([...pausedAgents, agentId])].toSorted() },
  );

/** Starts them again: rings for all that were held. Whom no ring reaches the sweeper finds. */
export async function resumeQueue(
  deps: Deps,
  orgId: string,
  agentId: string | undefined,
): Promise<QueueControl> {
  const control = await changeTenantSettings(deps, orgId, ({ pausedAgents }) =>
    agentId === undefined
      ? { paused: false }
      : { pausedAgents: pausedAgents.filter((one) => one !== agentId) },
  );
  await ringHeld(deps, orgId, agentId);
  return control;
}

async function ringHeld({ store, queue }: Deps, orgId: string, agentId: string | undefined) {
  const { after, before } = heldRange(agentId);
  for (let last = after; ; ) {
    const keys = await store.queryKeys({
      index: 'waiting',
      pk: heldPartition(orgId),
      after: last,
      before,
      order: 'ascending',
      limit: keysPerQuery,
    });
    if (keys.length > 0)
      await queue.send(keys.map((key) => ({ orgId, runId: runIdOfHeld(key), priority: 'low' })));
    last = keys.at(-1)?.sk ?? last;
    if (keys.length < keysPerQuery) return;
  }
}
