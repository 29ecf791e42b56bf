import type { RunKey } from '../store/keys.ts';

/** Lets a reader wait for the next change of a run instead of asking for it all the time. */
export interface RunWatch {
  /**
   * Begins to watch. A change between this call and `changed` is not lost.
   * @param reader `true` where a person or program reads the run's events as they come
   */
  watch(run: RunKey, reader: boolean): RunWatcher;

  /** Whether somebody reads the run's events as they come. */
  isRead(run: RunKey): Promise<boolean>;
}

export interface RunWatcher {
  /** Resolves when the run may have changed since the last call, at the latest after `timeoutMs`. */
  changed(timeoutMs: number): Promise<void>;
  close(): void;
}
