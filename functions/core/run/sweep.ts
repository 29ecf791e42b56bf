import { expireApproval } from '../approval/decide-approval.ts';
import { remind } from '../approval/remind.ts';
import { sendDecision } from '../approval/send-decision.ts';
import { sweepBatch } from '../batch/sweep-batch.ts';
import { publishOutbox } from '../outbox/outbox.ts';
import { fireSchedule } from '../schedule/fire-schedule.ts';
import { purgeSession } from '../session/purge-session.ts';
import type { Item } from '../store/item-store.ts';
import {
  dueShards,
  dueTime,
  isBatchItem,
  isDeliveryKey,
  isOutboxKey,
  isScheduleKey,
} from '../store/keys.ts';
import { Delivery, ringOf } from '../webhook/delivery.ts';
import { closeExecution } from './close-execution.ts';
import type { SweepDeps } from './deps.ts';
import { isHeld, releaseCancelled, ringNext } from './finish-run.ts';
import { purgeRun } from './purge-run.ts';
import { findExecutionEnd, reconcileExecution } from './reconcile-execution.ts';
import { type EndedRun, Run, type RunIn } from './run.ts';
import { ringFor } from './run-queue.ts';
import { changeRun, executionOf, keyOf } from './run-repository.ts';

const itemsPerQuery = 100;

/**
 * The guarantee behind every message and every call that may get lost: looks at all that is due and
 * does again what should have happened. Safe to run at any time, in several places at once.
 * @param until what becomes due before this is due now; epoch milliseconds
 * @returns how many items were due
 */
export async function sweep(deps: SweepDeps, until = deps.clock.now()): Promise<number> {
  const counts = await Promise.all(dueShards.map((shard) => sweepShard(deps, shard, until)));
  return counts.reduce((sum, count) => sum + count, 0);
}

async function sweepShard(deps: SweepDeps, shard: string, until: number): Promise<number> {
  let count = 0;
  for (let after = ''; ; ) {
    const items = await deps.store.query({
      index: 'due',
      pk: shard,
      after,
      before: dueTime(until + 1),
      order: 'ascending',
      limit: itemsPerQuery,
    });
    const rows = items.filter(isOutboxKey);
    await reportFailure(deps, rows[0], () => publishOutbox(deps, rows));
    const due = items.filter(isDeliveryKey);
    await reportFailure(deps, due[0], () => ringDeliveries(deps, due));
    for (const item of items)
      if (!isOutboxKey(item) && !isDeliveryKey(item))
        await reportFailure(deps, item, () => sweepItem(deps, item, until));
    count += items.length;
    const last = items.at(-1)?.indexes?.due;
    if (last === undefined || items.length < itemsPerQuery) return count;
    after = last.sk;
  }
}

/** What goes wrong with one item is tried again at the next sweep, and keeps up no other. */
async function reportFailure(
  deps: SweepDeps,
  item: Item | undefined,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    if (item) await work();
  } catch (error) {
    deps.log('error', 'sweep failed', { pk: item?.pk, error: `${error}` });
  }
}

const ringDeliveries = (deps: SweepDeps, items: readonly Item[]) =>
  deps.deliveries.send(items.map(({ value }) => ringOf(Delivery.parse(value), deps.clock.now())));

function sweepItem(deps: SweepDeps, item: Item, until: number): Promise<void> {
  if (isScheduleKey(item)) return fireSchedule(deps, item);
  if (isBatchItem(item)) return sweepBatch(deps, item);
  if ('nextTurn' in item.value) return purgeSession(deps, item);
  return sweepRun(deps, Run.parse(item.value), until);
}

async function sweepRun(deps: SweepDeps, run: Run, until: number): Promise<void> {
  switch (run.status) {
    case 'QUEUED':
      return ringAgain(deps, run);
    case 'RUNNING':
      return wake(deps, run, until);
    case 'PAUSED':
      await remind(deps, run);
      return expireApproval(deps, keyOf(run));
    default:
      return settle(deps, run);
  }
}

/** Its time has come; or its message, or the ring of whoever it waited for, was lost. */
async function ringAgain(deps: SweepDeps, run: RunIn<'QUEUED'>): Promise<void> {
  // However far ahead a sweep looks.
  if (run.startAt !== undefined && run.startAt > deps.clock.now()) return;
  await changeRun(
    deps,
    keyOf(run),
    (current) =>
      current.status === 'QUEUED' ? { run: { ...current, ...later(deps) } } : undefined,
    run,
  );
  await deps.queue.send([ringFor(run)]);
}

/**
 * A run that should be running stands still: its execution was not started, did not get its
 * decision, or died. First what may have been lost is sent again; if that does not help by the next
 * sweep, a new execution takes over.
 */
async function wake(deps: SweepDeps, seen: RunIn<'RUNNING'>, until: number): Promise<void> {
  // Whoever stopped the execution wanted the run stopped; that it was told to nobody changes nothing.
  const end = seen.wakes > 0 ? await findExecutionEnd(deps, seen) : undefined;
  if (end === 'aborted' || end === 'timed_out')
    return reconcileExecution(deps, executionOf(seen), end);
  let before: Run = seen;
  const run = await changeRun(
    deps,
    keyOf(seen),
    (current) => {
      before = current;
      if (current.status !== 'RUNNING' || current.wakeAt > lookUntil(deps, current, until))
        return undefined;
      if (current.wakes === 0) return { run: { ...current, ...later(deps), wakes: 1 } };
      return { run: restarted(deps, current) };
    },
    seen,
  );
  if (run.status !== 'RUNNING' || run === before) return;
  if (run.epoch !== before.epoch) await deps.workflow.stop(executionOf(before), 'superseded');
  else await sendDecision(deps, run);
  await deps.workflow.start(executionOf(run));
}

/** A lease lasts as long as it lasts, however far ahead a sweep looks. */
const lookUntil = (deps: SweepDeps, run: RunIn<'RUNNING'>, until: number) =>
  run.lease ? deps.clock.now() : until;

const restarted = (deps: SweepDeps, run: RunIn<'RUNNING'>): RunIn<'RUNNING'> => ({
  ...run,
  ...later(deps),
  epoch: run.epoch + 1,
  fence: 0,
  lease: null,
  deaths: run.lease ? run.deaths + 1 : run.deaths,
  wakes: 0,
});

/** An ended run holds what its segment did not give back, has an open execution, or has expired. */
async function settle(deps: SweepDeps, run: EndedRun): Promise<void> {
  const isExpired = run.expiresAt <= deps.clock.now();
  // What it still holds outlives it, where nobody looked in time.
  if (isExpired && !isHeld(run)) return purgeRun(deps, run);
  if (run.status === 'CANCELLED' && run.slot !== null) {
    const released = await changeRun(
      deps,
      keyOf(run),
      (current) =>
        current.status === 'CANCELLED' && current.slot !== null
          ? releaseCancelled(current)
          : undefined,
      run,
    );
    await ringNext(deps, released);
    await closeExecution(deps, released);
  } else {
    await ringNext(deps, run);
    await closeExecution(deps, run);
  }
}

const later = (deps: SweepDeps) => ({
  wakeAt: deps.clock.now() + deps.settings.wakeSeconds * 1000,
});
