import type { RunKey } from '../store/keys.ts';

/** Lets a reader wait for the next change of a run instead of asking for it all the time. */
export interface RunWatch {
  /** Begins to watch. A change between this call and `changed` is not lost. */
  watch(run: RunKey, purpose: WatchPurpose): RunWatcher;

  /** Whether somebody reads the run's events as they come. */
  isRead(run: RunKey): Promise<boolean>;
}

/**
 * `read`: a person or program reads the run's events as they come. `wait`: a caller waits for its
 * end. `work`: whoever works on it wants to know whether it still may.
 */
export type WatchPurpose = 'read' | 'wait' | 'work';

export interface RunWatcher {
  /** The run has changed just now: more is likely to come soon. */
  moved(): void;
  /** Resolves when the run may have changed since the last call, at the latest after `timeoutMs`. */
  changed(timeoutMs: number): Promise<void>;
  close(): void;
}
