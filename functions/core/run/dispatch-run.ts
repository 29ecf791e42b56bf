import {
  findSession,
  holdTurn,
  keepUntil,
  releaseDelayed,
  runInTurn,
  sessionHead,
  writeSession,
} from '../session/session.ts';
import type { RunKey } from '../store/keys.ts';
import { isPaused, queueControl, readQueueControl } from '../tenant/tenant-settings.ts';
import type { RunDeps } from './deps.ts';
import { type CheckpointRef, type Run, type RunIn, type RunOrigin, wakeAfter } from './run.ts';
import { ringFor } from './run-queue.ts';
import { changeRun, executionOf, findRun, type RunChange } from './run-repository.ts';
import { chooseSlot, freeSlots, ringWaiting, takeSlot } from './slots.ts';
import { supersedeEarlier } from './supersede.ts';

type Deps = Omit<RunDeps, 'watch' | 'newId'>;

/**
 * Starts a queued run if it is its turn in its session and a slot is free; otherwise leaves it
 * queued for whoever frees what it waits for. Harmless for a run in any other state, so a message
 * may come twice, late or for a run that is gone.
 */
export async function dispatchRun(deps: Deps, key: RunKey): Promise<void> {
  const found = await findRun(deps, key);
  if (found === undefined) return;
  const ready = await takeTurn(deps, key, found);
  if ('startAt' in ready && ready.startAt !== undefined) return;
  await supersedeEarlier(deps, ready);
  const run = await changeRun(deps, key, (current) => dispatch(deps, current), ready);
  // Starting an execution twice does no harm; leaving one out would stall the run.
  if (run.status === 'RUNNING' && run.fence === 0) await deps.workflow.start(executionOf(run));
  else if (run.status === 'QUEUED' && run.held) await ringIfResumed(deps, run);
  // Else the slot it was rung for may be another's: one that became free before this run was
  // marked as waiting rang for nobody.
  else await ringWaiting(deps, key.orgId);
}

/** A delayed run whose time has come takes its turn behind all that were submitted meanwhile. */
const takeTurn = (deps: Deps, key: RunKey, found: Run): Promise<Run> =>
  changeRun(
    deps,
    key,
    async (current) => {
      if (current.status !== 'QUEUED' || current.startAt === undefined) return undefined;
      const now = deps.clock.now();
      if (current.startAt > now) return undefined;
      const session = await findSession(deps.store, current);
      if (session === undefined) throw new Error(`Run ${current.id} has no session`);
      const turn = session.nextTurn;
      const { startAt: _, ...run } = current;
      const due = keepUntil(session, now, deps.settings);
      return {
        run: { ...run, turn, wakeAt: now + deps.settings.wakeSeconds * 1000 },
        writes: [
          writeSession(session, { ...session, nextTurn: turn + 1 }, due),
          releaseDelayed(current, current.id),
          holdTurn(current, turn, current.id, false),
        ],
      };
    },
    found,
  );

async function dispatch(deps: Deps, run: Run): Promise<RunChange | undefined> {
  if (run.status !== 'QUEUED') return undefined;
  if ((await runInTurn(deps.store, run)) !== run.id) return undefined;
  if (await isPausedNow(deps, run)) return hold(run);
  const slot = chooseSlot(await freeSlots(deps, run.orgId), run.priority);
  return slot === undefined ? park(run) : await start(deps, run, slot);
}

async function start(deps: Deps, run: RunIn<'QUEUED'>, slot: number): Promise<RunChange> {
  const now = deps.clock.now();
  const head = await sessionHead(deps.store, run);
  const { waitsForSlot: _, held: __, ...base } = run;
  const agentSeconds = deps.agents.find(run.agentId, run.orgId)?.maxSeconds ?? 0;
  const maxSeconds = Math.min(agentSeconds, run.timeoutSeconds ?? agentSeconds);
  const epoch = run.epoch + 1;
  return {
    run: {
      ...base,
      status: 'RUNNING',
      epoch,
      fence: 0,
      ...placeOf(run, head?.checkpoint ?? null),
      startedAt: now,
      deadline: now + maxSeconds * 1000,
      slot,
      lease: null,
      decided: null,
      wakes: 0,
      wakeAt: wakeAfter(run.wakeAt, now, deps.settings),
    },
    events: [{ type: 'run.started', data: { epoch } }],
    writes: [takeSlot(run, slot)],
  };
}

function placeOf(run: RunIn<'QUEUED'>, head: CheckpointRef | null) {
  if (run.from === undefined) return { base: head, begun: null };
  const { checkpoint: base, begun = null } = run.from;
  return { base, begun, ...(run.origin ? { aside: isAside(base, run.origin, head) } : {}) };
}

/** Who repeats another speaks for the session if nothing was said there since, but by the other one. */
const isAside = (base: CheckpointRef | null, origin: RunOrigin, head: CheckpointRef | null) => {
  const isHead = head?.runId === base?.runId && head?.step === base?.step;
  return !isHead && head?.runId !== origin.runId;
};

const park = (run: RunIn<'QUEUED'>): RunChange | undefined =>
  run.waitsForSlot && !run.held ? undefined : { run: { ...run, waitsForSlot: true, held: false } };

const hold = (run: RunIn<'QUEUED'>): RunChange | undefined =>
  run.held ? undefined : { run: { ...run, waitsForSlot: false, held: true } };

/** A pause that was read a while ago may be over, and whoever ended it has rung by now. */
const isPausedNow = async (deps: Deps, { orgId, agentId }: Run) =>
  isPaused(await queueControl(deps, orgId), agentId) &&
  isPaused(await readQueueControl(deps, orgId), agentId);

/** Whoever ended the pause while the run was being held did not see it. */
async function ringIfResumed(deps: Deps, run: Run): Promise<void> {
  if (!(await isPausedNow(deps, run))) await deps.queue.send([ringFor(run)]);
}
