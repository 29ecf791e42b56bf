import * as z from 'zod';
import type { EmbeddedDeps } from '#adapters/embedded/embedded-runtime.ts';
import { listRuns } from '#core/run/list-runs.ts';
import type { Run } from '#core/run/run.ts';
import { executionOf } from '#core/run/run-repository.ts';
import { executionName } from '#core/run/run-workflow.ts';
import {
  dueShards,
  dueTime,
  isOutboxKey,
  outboxKey,
  runIdOfWaiting,
  runPartition,
  sessionPartition,
  slotOf,
  slotPartition,
  turnRange,
  waitingPartition,
} from '#core/store/keys.ts';

type Deps = Pick<EmbeddedDeps, 'store' | 'clock' | 'log' | 'workflow'>;

const all = { order: 'ascending', limit: 1000 } as const;
const Holder = z.object({ runId: z.string() });

/** The tenant's runs, oldest first. */
export async function runsOf(deps: Deps, orgId: string): Promise<Run[]> {
  const { runs } = await listRuns(deps, { orgId, limit: 1000 });
  return [...runs].reverse();
}

/** All that somebody still holds or owes who should not; empty where nothing is leaked. */
export async function leftOvers(deps: Deps, orgId: string): Promise<string[]> {
  const runs = await runsOf(deps, orgId);
  const found = await Promise.all([
    slotsLeft(deps, orgId, runs),
    turnsLeft(deps, orgId, runs),
    waitingLeft(deps, orgId, runs),
    announcementsLeft(deps, orgId, runs),
    executionsLeft(deps, runs),
    overdue(deps),
  ]);
  return found.flat();
}

const nameOf = (run: Run | undefined, id: string) => (run ? `${run.status} run ${id}` : id);

async function slotsLeft({ store }: Deps, orgId: string, runs: readonly Run[]) {
  const items = await store.query({ pk: slotPartition(orgId), ...all });
  return items.flatMap((item) => {
    const { runId } = Holder.parse(item.value);
    const run = runs.find(({ id }) => id === runId);
    const holds = run && 'slot' in run && run.slot === slotOf(item);
    return holds && !('completedAt' in run) ? [] : [`slot of ${nameOf(run, runId)}`];
  });
}

async function turnsLeft({ store }: Deps, orgId: string, runs: readonly Run[]) {
  const sessions = [...new Set(runs.map(({ sessionId }) => sessionId))];
  const turns = sessions.map(async (sessionId) => {
    const pk = sessionPartition({ orgId, sessionId });
    const items = await store.query({ pk, ...turnRange, ...all });
    return items.flatMap((item) => {
      const { runId } = Holder.parse(item.value);
      const run = runs.find(({ id }) => id === runId);
      return run && !('completedAt' in run) ? [] : [`turn of ${nameOf(run, runId)}`];
    });
  });
  return (await Promise.all(turns)).flat();
}

async function waitingLeft({ store }: Deps, orgId: string, runs: readonly Run[]) {
  const keys = await store.queryKeys({ index: 'waiting', pk: waitingPartition(orgId), ...all });
  return keys.map(runIdOfWaiting).flatMap((runId) => {
    const run = runs.find(({ id }) => id === runId);
    return run?.status === 'QUEUED' ? [] : [`waiting mark of ${nameOf(run, runId)}`];
  });
}

async function announcementsLeft({ store }: Deps, orgId: string, runs: readonly Run[]) {
  const rows = runs.map(async (run) => {
    const key = { orgId, runId: run.id };
    const after = outboxKey(key, 0).sk;
    const keys = await store.queryKeys({ pk: runPartition(key), after, ...all });
    return keys.filter(isOutboxKey).map(({ sk }) => `${sk} of ${nameOf(run, run.id)}`);
  });
  return (await Promise.all(rows)).flat();
}

/** Only the newest execution of a live run is open, and that one is. */
async function executionsLeft({ workflow }: Deps, runs: readonly Run[]) {
  const left = runs.map(async (run) => {
    const lives = run.status === 'RUNNING' || run.status === 'PAUSED';
    const epochs = Array.from({ length: run.epoch }, (_, i) => i + 1);
    const wrong = epochs.map(async (epoch) => {
      const execution = { ...executionOf(run), epoch };
      const open = (await workflow.outcome(execution)) === 'open';
      const name = `execution ${executionName(execution)} of ${nameOf(run, run.id)}`;
      if (open === (lives && epoch === run.epoch)) return [];
      return [`${open ? 'open' : 'no'} ${name}`];
    });
    return (await Promise.all(wrong)).flat();
  });
  return (await Promise.all(left)).flat();
}

async function overdue({ store, clock }: Deps) {
  const before = dueTime(clock.now() + 1);
  const items = await Promise.all(
    dueShards.map((pk) => store.query({ index: 'due', pk, before, ...all })),
  );
  return items.flat().map(({ pk, sk }) => `overdue ${pk} ${sk}`);
}
