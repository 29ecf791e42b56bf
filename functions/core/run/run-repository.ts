import * as z from 'zod';
import { announce } from '../outbox/announce.ts';
import type { Item, Write } from '../store/item-store.ts';
import { TransactionConflict } from '../store/item-store.ts';
import {
  agentIndexKey,
  dueIndexKey,
  eventKey,
  groupIndexKey,
  heldIndexKey,
  lastEventKey,
  pendingApprovalIndexKey,
  type RunKey,
  runKey,
  runPartition,
  sessionIndexKey,
  tenantIndexKey,
  waitingIndexKey,
} from '../store/keys.ts';
import type { ChangeDeps, ReadDeps, RunDeps } from './deps.ts';
import { dueAt, nextStatuses, Run } from './run.ts';
import { RunError, runNotFound } from './run-error.ts';
import { RunEvent, type RunEventBody } from './run-event.ts';
import type { RunExecution } from './run-workflow.ts';

const maxAttempts = 50;
const firstBackoffMs = 5;
const maxBackoffMs = 200;

export const keyOf = (run: Run): RunKey => ({ orgId: run.orgId, runId: run.id });

export const executionOf = (run: Run): RunExecution => ({ ...keyOf(run), epoch: run.epoch });

/** A new state of a run, what there is to tell about it, and what is written with it. */
export interface RunChange {
  readonly run: Run;
  readonly events?: readonly RunEventBody[];
  readonly writes?: readonly Write[];
}

/** The run, or `undefined` where the tenant has none of that id or it has expired. */
export async function findRun(deps: ReadDeps, key: RunKey): Promise<Run | undefined> {
  return present(toRun(await deps.store.get(runKey(key))), deps.clock.now());
}

/** @throws RunError run_not_found */
export async function getRun(deps: ReadDeps, key: RunKey): Promise<Run> {
  const run = await findRun(deps, key);
  if (run === undefined) throw runNotFound(key.runId);
  return run;
}

/** The runs in the order of the keys, without those that there are not. */
export async function getRuns(deps: ReadDeps, keys: readonly RunKey[]): Promise<Run[]> {
  const items = await deps.store.getMany(keys.map(runKey));
  const now = deps.clock.now();
  return items.flatMap((item) => present(toRun(item), now) ?? []);
}

export const toRun = (item: Item | undefined) => (item ? Run.parse(item.value) : undefined);

/** The store deletes the expired late; a reader must not see the difference. */
export const present = (run: Run | undefined, now: number) =>
  run !== undefined && 'expiresAt' in run && run.expiresAt <= now ? undefined : run;

/** A new run with its first events, and the writes that store it. */
export function newRun(
  settings: RunDeps['settings'],
  run: Run,
  events: readonly RunEventBody[],
): { run: Run; writes: Write[] } {
  const { numbered, told, write } = number(Run.parse(run), events, run.createdAt);
  const announced = announce(settings, null, numbered, told, run.createdAt);
  const writes: Write[] = [
    { put: toItem(announced.run), when: { absent: true } },
    ...write,
    ...announced.writes,
  ];
  return { run: announced.run, writes };
}

/**
 * The one way to change a run: reads it, lets `decide` choose the next state, and writes that with
 * its events in one transaction that holds only if the run is still the one that was read.
 * Otherwise `decide` is asked again about what the winner left.
 * @param decide returns `undefined` to leave the run as it is
 * @param known the run as it was last seen, to save the first read
 * @returns the run as it is now
 * @throws RunError run_not_found
 */
export async function changeRun(
  deps: ChangeDeps,
  key: RunKey,
  decide: (run: Run) => RunChange | undefined | Promise<RunChange | undefined>,
  known?: Run,
): Promise<Run> {
  let run = known ?? (await getRun(deps, key));
  for (let attempt = 1; ; attempt += 1) {
    const change = await decide(run);
    if (change === undefined) return run;
    try {
      return await write(deps, run, change);
    } catch (error) {
      if (!(error instanceof TransactionConflict) || attempt === maxAttempts) throw error;
      await deps.clock.sleep(backoffMs(attempt));
      run = await getRun(deps, key);
    }
  }
}

async function write(deps: ChangeDeps, from: Run, change: RunChange): Promise<Run> {
  // Parsing drops the fields that belong to the state it left.
  const to = Run.parse({ ...change.run, version: from.version + 1 });
  if (from.status !== to.status && !nextStatuses[from.status].includes(to.status))
    throw new Error(`Run ${from.id}: ${from.status} cannot become ${to.status}`);
  const now = deps.clock.now();
  const { numbered, told, write } = number(to, change.events ?? [], now);
  const announced = announce(deps.settings, from.status, numbered, told, now);
  await deps.store.transact([
    { put: toItem(announced.run), when: { equals: { version: from.version } } },
    ...write,
    ...(change.writes ?? []),
    ...announced.writes,
  ]);
  if (to.status !== from.status) deps.log(levelOf(to), `run ${to.status}`, logFields(to));
  return announced.run;
}

/** A run that failed for no fault of its own is somebody's business. */
const levelOf = (run: Run) =>
  run.status === 'FAILED' && run.error.code === 'infrastructure' ? 'error' : 'info';

const logFields = (run: Run) => ({
  runId: run.id,
  orgId: run.orgId,
  agentId: run.agentId,
  ...(run.status === 'FAILED' ? { code: run.error.code } : {}),
});

/** Full jitter, nothing before the second attempt: most losers win at once. */
const backoffMs = (attempt: number) =>
  attempt === 1 ? 0 : Math.random() * Math.min(maxBackoffMs, firstBackoffMs * 2 ** attempt);

function number(run: Run, events: readonly RunEventBody[], at: number) {
  if (events.length === 0) return { numbered: run, told: [], write: [] };
  const progress = events.findLast((event) => event.type === 'progress')?.data ?? run.progress;
  const numbered: Run = {
    ...run,
    lastSeq: run.lastSeq + events.length,
    ...(progress === undefined ? {} : { progress }),
  };
  const told = events.map((event, i) => ({ ...event, seq: run.lastSeq + i + 1, at }));
  const value = { events: told };
  const write: Write[] = [{ put: { ...eventKey(keyOf(run), numbered.lastSeq), value } }];
  return { numbered, told, write };
}

function toItem(run: Run): Item {
  const key = keyOf(run);
  return {
    ...runKey(key),
    value: run,
    indexes: {
      tenant: tenantIndexKey(key),
      agent: agentIndexKey(key, run.agentId),
      session: sessionIndexKey(run, run.turn),
      due: dueIndexKey(run.id, dueAt(run)),
      ...(run.groupId === undefined ? {} : { group: groupIndexKey(key, run.groupId) }),
      ...waitingOf(run),
    },
  };
}

/**
 * A run waits for a slot, for its agent or tenant to be resumed, or for a decision; never for several.
 * Who is held waits for no slot: whoever gives one back need not ask about it.
 */
function waitingOf(run: Run): Item['indexes'] {
  const key = keyOf(run);
  if (run.status === 'QUEUED' && run.held) return { waiting: heldIndexKey(key, run.agentId) };
  if (run.status === 'QUEUED' && run.waitsForSlot)
    return { waiting: waitingIndexKey(key, run.priority) };
  if (run.status !== 'PAUSED' || !run.pendingApproval) return {};
  return { waiting: pendingApprovalIndexKey(key, run.pendingApproval.requestedAt) };
}

const EventItem = z.object({ events: z.array(RunEvent) });
/** Each item holds at least one event. */
export const eventItemsPerQuery = 100;

/** The run's events after number `after`, oldest first; a caller asks again from the last one. */
export async function eventsAfter(
  deps: Pick<RunDeps, 'store'>,
  key: RunKey,
  after: number,
): Promise<RunEvent[]> {
  const items = await deps.store.query({
    pk: runPartition(key),
    after: eventKey(key, after).sk,
    before: lastEventKey,
    order: 'ascending',
    limit: eventItemsPerQuery,
  });
  return items
    .flatMap((item) => EventItem.parse(item.value).events)
    .filter((event) => event.seq > after);
}

/** The change was refused because the run is in another state by now. */
export const stateConflict = (run: Run, message: string) =>
  new RunError('run_state_conflict', message, { runId: run.id, currentStatus: run.status });
