import type { RunKey } from '../store/keys.ts';
import type { Run } from './run.ts';
import type { RunPriority } from './run-priority.ts';

/** A message that rings for a queued run. */
export interface RunRing extends RunKey {
  /** @default normal */
  readonly priority?: RunPriority;
}

/**
 * Rings for a queued run: at least once, in no particular order, and a lost message is no more than
 * a delay, because the sweeper rings again.
 */
export interface RunQueue {
  send(messages: readonly RunRing[]): Promise<void>;
}

export const ringFor = ({ orgId, id: runId, priority }: Run): RunRing => ({
  orgId,
  runId,
  priority,
});

/** Messages of a group are served in turn with those of the others. */
export const ringGroup = ({ orgId, priority }: RunRing) =>
  priority === 'low' ? `${orgId}/low` : orgId;
