import type { RunDeps } from '#core/run/deps.ts';
import { findRun } from '#core/run/run-repository.ts';
import type { RunKey } from '#core/store/keys.ts';

/**
 * A step that kills its process takes every other step in it along, and all of them count a death.
 * So runs whose step has died before are worked on one at a time: a run that only stood beside gets
 * past its step, and the one that kills is alone when it does it again.
 */
export class Quarantine {
  readonly #deps: Pick<RunDeps, 'store' | 'clock' | 'log'>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(deps: Pick<RunDeps, 'store' | 'clock' | 'log'>) {
    this.#deps = deps;
  }

  async run<T>(key: RunKey, work: () => Promise<T>): Promise<T> {
    const run = await findRun(this.#deps, key);
    const suspect = run?.status === 'RUNNING' && run.lease !== null && run.deaths > 0;
    if (!suspect) return work();
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
