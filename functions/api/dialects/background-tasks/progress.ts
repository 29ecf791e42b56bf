import type { Run } from '#core/run/run.ts';
import type { RunEvent } from '#core/run/run-event.ts';

/** How far a task is. */
export interface TaskProgress {
  readonly phase: string;
  /** 0 to 100; `null` where nobody knows. */
  readonly progress_pct: number | null;
  readonly message: string | null;
}

const phase = (name: string, message: string | null = null): TaskProgress => ({
  phase: name,
  progress_pct: null,
  message,
});

/** Of its own clients nobody has asked for that, or can let it go on. */
const atBreakpoint = 'It stands at a breakpoint until whoever set that lets it go on.';

const completed: TaskProgress = { ...phase('completed'), progress_pct: 100 };

type Told = Extract<RunEvent, { type: 'progress' }>['data'];

const toProgress = ({ phase: name, percentage, message }: Told): TaskProgress => ({
  phase: name,
  progress_pct: percentage ?? null,
  message: message ?? null,
});

/** How far a task is now. */
export function progressOf(run: Run): TaskProgress {
  switch (run.status) {
    case 'QUEUED':
      return phase('queued');
    case 'RUNNING':
      return run.progress ? toProgress(run.progress) : phase('started');
    case 'PAUSED':
      return run.pendingApproval
        ? phase('awaiting_approval', run.pendingApproval.reason)
        : phase('paused', atBreakpoint);
    case 'COMPLETED':
      return completed;
    case 'FAILED':
      return phase('failed', run.error.message);
    case 'CANCELLED':
      return phase('cancelled', run.reason);
  }
}

/**
 * How far a task was with an event, from the event alone: whoever comes back to a stream that broke
 * is told the same. `undefined` where it went no further.
 */
export function progressAt(event: RunEvent): TaskProgress | undefined {
  switch (event.type) {
    case 'run.queued':
      return phase('queued');
    case 'run.started':
      return phase('started');
    case 'progress':
      return toProgress(event.data);
    case 'approval.requested':
      return phase('awaiting_approval', event.data.reason);
    case 'run.paused':
      return event.data.next === undefined ? undefined : phase('paused', atBreakpoint);
    case 'run.resumed':
      return phase('resumed');
    case 'run.completed':
      return completed;
    case 'run.failed':
      return phase('failed', event.data.message);
    case 'run.cancelled':
      return phase('cancelled', event.data.reason);
    default:
      return undefined;
  }
}
