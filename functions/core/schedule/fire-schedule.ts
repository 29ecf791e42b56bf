import { cancelRun } from '../run/cancel-run.ts';
import type { RunDeps } from '../run/deps.ts';
import { hasEnded } from '../run/run.ts';
import { RunError } from '../run/run-error.ts';
import { findRun } from '../run/run-repository.ts';
import type { RunTally } from '../run/run-tally.ts';
import { type SubmitRunCommand, type SubmittedRun, submitRun } from '../run/submit-run.ts';
import { type Item, TransactionConflict } from '../store/item-store.ts';
import type { ScheduleKey } from '../store/keys.ts';
import type { CronCalendar } from './cron-calendar.ts';
import { type Firing, getSchedule, replaceSchedule, Schedule } from './schedule.ts';
import { firstAfter, latestUpTo } from './timing.ts';

/** What it takes to fire: a submission, and to cancel what ran before. */
export interface FireDeps extends Omit<RunDeps, 'watch'> {
  readonly tally: RunTally;
  readonly calendar: CronCalendar;
}

/** The sweeper comes each minute, and sometimes late: who is later than this was not there. */
const missedAfterMs = 5 * 60_000;
/** Whether a firing that waits can be made: asked at every sweep. */
const lookEveryMs = 5_000;
const firingsKept = 20;
const mostWaiting = 20;
const maxAttempts = 20;

/** What becomes of one firing; `moved` is the schedule as it goes on from there. */
interface Step {
  readonly firedFor: number;
  readonly moved: Schedule;
  readonly skipped?: Firing['skipped'];
  /** It waits for another run, and is decided on again. */
  readonly waits?: boolean;
  readonly cancels?: string;
}

/**
 * Has every run submitted that is due. A run and the schedule that has moved on from it are one
 * transaction: however often, and in how many places, this begins or ends halfway, no firing is lost
 * or made twice.
 */
export async function fireSchedule(deps: FireDeps, item: Item): Promise<void> {
  let schedule: Schedule | undefined = Schedule.parse(item.value);
  while (schedule) {
    const step = await nextStep(deps, schedule);
    schedule = step && (await taken(deps, schedule, step));
  }
}

type RunNowCommand = Pick<SubmitRunCommand, 'principal' | 'principalUserId' | 'idempotency'>;

/**
 * Submits a run now, whatever else there is: in the name of whoever asks, and no firing meets it.
 * @throws RunError schedule_not_found, as `storeRun`
 */
export async function runNow(
  deps: FireDeps,
  key: ScheduleKey,
  command: RunNowCommand,
): Promise<SubmittedRun> {
  for (let attempt = 1; ; attempt += 1) {
    const schedule = await getSchedule(deps, key);
    try {
      return await submitNow(deps, schedule, command);
    } catch (error) {
      if (!(error instanceof TransactionConflict) || attempt === maxAttempts) throw error;
    }
  }
}

async function nextStep(deps: FireDeps, schedule: Schedule): Promise<Step | undefined> {
  const now = deps.clock.now();
  const { waiting, nextAt, heldUntil = 0 } = schedule;
  if (heldUntil > now) return undefined;
  const [first, ...others] = waiting;
  const isDue = nextAt !== null && nextAt <= now;
  if (!isDue && (first === undefined || schedule.lookAt > now)) return undefined;
  const previous = await livePrevious(deps, schedule);
  if (first !== undefined && previous === undefined)
    return { firedFor: first, moved: { ...schedule, waiting: others } };
  if (isDue) return dueStep(deps, schedule, nextAt, previous);
  return { firedFor: 0, moved: { ...schedule, lookAt: now + lookEveryMs }, waits: true };
}

function dueStep(
  { calendar, clock }: FireDeps,
  schedule: Schedule,
  due: number,
  previous: string | undefined,
): Step {
  const now = clock.now();
  const missedUpTo = now - missedAfterMs;
  const isMissed = due < missedUpTo;
  // Of all that nobody was there for, the last one stands.
  const firedFor = isMissed
    ? latestUpTo(calendar, schedule.timing, schedule, due, missedUpTo)
    : due;
  const nextAt = firstAfter(calendar, schedule.timing, schedule, firedFor) ?? null;
  const moved = { ...schedule, nextAt };
  if (isMissed && schedule.missed === 'skip') return { firedFor, moved, skipped: 'missed' };
  if (previous === undefined) return { firedFor, moved };
  if (schedule.overlap === 'cancel_previous') return { firedFor, moved, cancels: previous };
  if (schedule.overlap === 'skip' || schedule.waiting.length >= mostWaiting)
    return { firedFor, moved, skipped: 'overlap' };
  const waiting = [...schedule.waiting, firedFor];
  return { firedFor, moved: { ...moved, waiting, lookAt: now + lookEveryMs }, waits: true };
}

async function livePrevious(
  deps: FireDeps,
  { orgId, previousRunId }: Schedule,
): Promise<string | undefined> {
  if (previousRunId === null) return undefined;
  const run = await findRun(deps, { orgId, runId: previousRunId });
  return run && !hasEnded(run) ? previousRunId : undefined;
}

/** @returns the schedule as it is then; `undefined` where somebody else has changed it */
async function taken(
  deps: FireDeps,
  schedule: Schedule,
  { firedFor, moved, skipped, waits, cancels }: Step,
): Promise<Schedule | undefined> {
  try {
    if (waits) return await written(deps, schedule, moved);
    if (skipped) return await recorded(deps, schedule, moved, { firedFor, skipped });
    if (cancels !== undefined) await cancelPrevious(deps, schedule, cancels);
    return await submitFiring(deps, schedule, moved, firedFor);
  } catch (error) {
    if (error instanceof TransactionConflict) return undefined;
    // What the agent cannot take today it may take tomorrow.
    if (!(error instanceof RunError)) throw error;
    if (isForLater(error)) return postponed(deps, schedule, error);
    deps.log('warn', 'schedule not fired', { scheduleId: schedule.id, code: error.code });
    return recorded(deps, schedule, moved, { firedFor, error: error.message }).catch(
      () => undefined,
    );
  }
}

/** Its tenant can take no more for now: it is made later, unless it is missed by then. */
const isForLater = ({ code }: RunError) => code === 'rate_limited' || code === 'queue_full';

function postponed(deps: FireDeps, schedule: Schedule, { details }: RunError) {
  const { retryAfterSeconds = 0 } = details;
  const heldUntil = deps.clock.now() + Math.max(lookEveryMs, retryAfterSeconds * 1000);
  return written(deps, schedule, { ...schedule, heldUntil }).catch(() => undefined);
}

async function cancelPrevious(deps: FireDeps, { id, orgId }: Schedule, runId: string) {
  try {
    await cancelRun(deps, { orgId, runId }, `Schedule ${id} fired again`);
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
  }
}

const submitNow = (deps: FireDeps, schedule: Schedule, command: RunNowCommand) => {
  const firedFor = deps.clock.now();
  return submitRun(deps, {
    ...toCommand(schedule, firedFor),
    ...command,
    alongside: (runId) => [
      replaceSchedule(schedule, withFiring(deps, schedule, { firedFor, runId })),
    ],
  });
};

/** @returns the schedule as the run's own transaction left it */
async function submitFiring(
  deps: FireDeps,
  schedule: Schedule,
  moved: Schedule,
  firedFor: number,
): Promise<Schedule> {
  let fired = moved;
  await submitRun(deps, {
    ...toCommand(schedule, firedFor),
    idempotency: undefined,
    alongside: (runId) => {
      fired = { ...withFiring(deps, moved, { firedFor, runId }), previousRunId: runId };
      return [replaceSchedule(schedule, fired)];
    },
  });
  return { ...fired, version: schedule.version + 1 };
}

const toCommand = (
  { id, orgId, run }: Schedule,
  firedFor: number,
): Omit<SubmitRunCommand, 'idempotency'> => ({
  ...run,
  orgId,
  media: [],
  schedule: { id, firedFor },
});

const recorded = (
  deps: FireDeps,
  from: Schedule,
  to: Schedule,
  firing: Omit<Firing, 'at'>,
): Promise<Schedule> => written(deps, from, withFiring(deps, to, firing));

async function written({ store }: FireDeps, from: Schedule, to: Schedule): Promise<Schedule> {
  await store.transact([replaceSchedule(from, to)]);
  return { ...to, version: from.version + 1 };
}

const withFiring = (
  { clock }: FireDeps,
  schedule: Schedule,
  firing: Omit<Firing, 'at'>,
): Schedule => ({
  ...schedule,
  firings: [{ ...firing, at: clock.now() }, ...schedule.firings].slice(0, firingsKept),
});
