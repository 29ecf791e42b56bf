import type { RunSettings } from '../run/deps.ts';
import type { Run } from '../run/run.ts';
import type { RunEvent } from '../run/run-event.ts';
import type { Write } from '../store/item-store.ts';
import { dueIndexKey, outboxKey } from '../store/keys.ts';
import { mayBeDelivered } from '../webhook/webhook-event.ts';
import { type RunOutboxEvent, timeOf } from './outbox-event.ts';

/*
 * What the world is told is written with the change itself and deleted once it was told: a crash in
 * between tells it twice, never not at all. The store's stream rings for it, the sweeper makes sure.
 */

type Settings = Pick<RunSettings, 'announces' | 'countsRuns' | 'hasListeners' | 'wakeSeconds'>;

/** Whether something follows from an event of a run where no bus is told of it. */
const mayFollow = (settings: Settings, run: Run, event: RunOutboxEvent) =>
  isCounted(settings, event) || mayBeDelivered(settings, run.webhook, event);

const isCounted = ({ countsRuns }: Settings, { type }: RunOutboxEvent) =>
  countsRuns && type === 'Agent Run Status Changed';

/** What the world is told of a run, before it is numbered. */
type Told<Event = RunOutboxEvent> = Event extends RunOutboxEvent ? Omit<Event, 'change'> : never;

interface Announced {
  /** Which has counted what is told of it. */
  readonly run: Run;
  readonly writes: readonly Write[];
}

/**
 * The rows that announce a change of a run; none where nobody listens and nothing follows.
 * @param run as the change leaves it
 * @param events of the change
 */
export function announce(
  settings: Settings,
  previousStatus: Run['status'] | null,
  run: Run,
  events: readonly RunEvent[],
  at: number,
): Announced {
  const told = [...toldOfApprovals(run, events), ...toldOfStatus(previousStatus, run, at)].map(
    (event, i): RunOutboxEvent => ({ ...event, change: run.changes + i + 1 }),
  );
  return {
    // What nobody listens to is counted too: whoever listens from then on sees no gap.
    run: { ...run, changes: run.changes + told.length },
    writes: told
      .filter((event) => settings.announces || mayFollow(settings, run, event))
      .map((event) => toWrite(settings, run, event)),
  };
}

function toWrite(settings: Settings, run: Run, event: RunOutboxEvent): Write {
  const { runId, seq } = event;
  const due = dueIndexKey(runId, timeOf(event) + settings.wakeSeconds * 1000, `#${seq}`);
  const beside = {
    ...(run.webhook ? { webhook: run.webhook } : {}),
    ...(isCounted(settings, event)
      ? { tally: run.groupId === undefined ? {} : { groupId: run.groupId } }
      : {}),
  };
  return { put: { ...outboxKey(event, seq), value: { ...event, ...beside }, indexes: { due } } };
}

function toldOfStatus(previousStatus: Run['status'] | null, run: Run, at: number): readonly Told[] {
  if (previousStatus === run.status) return [];
  const { id: runId, orgId, userId, agentId, sessionId, status, lastSeq: seq } = run;
  const errorCode = run.status === 'FAILED' ? { errorCode: run.error.code } : {};
  const told = { runId, orgId, userId, agentId, sessionId, seq, at, previousStatus, status };
  return [{ type: 'Agent Run Status Changed', schemaVersion: 1, ...told, ...errorCode }];
}

const toldOfApprovals = (run: Run, events: readonly RunEvent[]): readonly Told[] =>
  events.flatMap((event): Told[] => {
    const { orgId, id: runId, agentId } = run;
    const told = { schemaVersion: 1, orgId, runId, agentId, seq: event.seq } as const;
    if (event.type === 'approval.requested') {
      const { approvalId, tool, expiresAt } = event.data;
      const times = { requestedAt: event.at, expiresAt: Date.parse(expiresAt) };
      return [{ type: 'Approval Requested', ...told, approvalId, tool, ...times }];
    }
    if (event.type === 'approval.reminder') {
      const { approvalId, tool, expiresAt } = event.data;
      const times = { at: event.at, expiresAt: Date.parse(expiresAt) };
      return [{ type: 'Approval Reminder', ...told, approvalId, tool, ...times }];
    }
    if (event.type === 'approval.decided') {
      const { approvalId, decision, decidedBy: by } = event.data;
      return [{ type: 'Approval Decided', ...told, approvalId, decision, by, at: event.at }];
    }
    return [];
  });
