import type { RunWatch, RunWatcher, WatchPurpose } from '#core/run/run-watch.ts';
import type { Key } from '#core/store/item-store.ts';
import { type RunKey, runKey } from '#core/store/keys.ts';

/** Wakes those who watch a run when the store has written it. */
export class InProcessRunWatch implements RunWatch {
  readonly #watchers = new Map<string, Set<Watcher>>();

  /** For the store: these keys were written. */
  changed(keys: readonly Key[]): void {
    for (const key of keys)
      for (const watcher of this.#watchers.get(nameOf(key)) ?? []) watcher.wake();
  }

  watch(run: RunKey, purpose: WatchPurpose): RunWatcher {
    const name = nameOf(runKey(run));
    const watchers = this.#watchers.get(name) ?? new Set();
    this.#watchers.set(name, watchers);
    const watcher = new Watcher(purpose === 'read', () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.#watchers.get(name) === watchers) this.#watchers.delete(name);
    });
    watchers.add(watcher);
    return watcher;
  }

  async isRead(run: RunKey): Promise<boolean> {
    const watchers = this.#watchers.get(nameOf(runKey(run))) ?? [];
    return [...watchers].some((watcher) => watcher.reader);
  }
}

/** Every change of a run writes its own item. */
const nameOf = ({ pk, sk }: Key) => `${pk}\n${sk}`;

class Watcher implements RunWatcher {
  readonly reader: boolean;
  readonly #closed: () => void;
  #pending = false;
  #open = true;
  #resolve: (() => void) | undefined;

  constructor(reader: boolean, closed: () => void) {
    this.reader = reader;
    this.#closed = closed;
  }

  wake(): void {
    this.#pending = true;
    this.#resolve?.();
  }

  /** It is told of every change as it comes. */
  moved(): void {}

  async changed(timeoutMs: number): Promise<void> {
    if (!this.#pending && this.#open) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#resolve = resolve;
      const timer = setTimeout(resolve, Math.min(timeoutMs, longestTimerMs));
      await promise;
      clearTimeout(timer);
      this.#resolve = undefined;
    }
    this.#pending = false;
  }

  close(): void {
    this.#open = false;
    this.#resolve?.();
    this.#closed();
  }
}

/** Node's timers hold no more. */
const longestTimerMs = 2 ** 31 - 1;
