import type { BatchExecution, BatchStep, BatchWorkflow } from '#core/batch/batch-workflow.ts';
import type { Clock, RunDeps } from '#core/run/deps.ts';
import type { BatchKey } from '#core/store/keys.ts';

interface Steps {
  advance(key: BatchKey): Promise<BatchStep>;
  /** @returns whether the whole chunk is done */
  submit(key: BatchKey, chunk: number): Promise<boolean>;
}

const waitMs = 500;
const retryMs = 1000;
const maxFailures = 5;

/**
 * Works on batches in this process, on each by itself and all at the same time. It keeps nothing: a
 * batch that was worked on when the process ended is due at the next start.
 */
export class BatchWalker implements BatchWorkflow {
  readonly #clock: Clock;
  readonly #log: RunDeps['log'];
  readonly #stopping = new AbortController();
  readonly #walking = new Map<string, Promise<void>>();
  #steps: Steps | undefined;

  constructor({ clock, log }: Pick<RunDeps, 'clock' | 'log'>) {
    this.#clock = clock;
    this.#log = log;
  }

  open(steps: Steps): void {
    this.#steps = steps;
  }

  async start({ orgId, batchId }: BatchExecution): Promise<void> {
    const steps = this.#steps;
    if (steps === undefined || this.#walking.has(batchId) || this.#stopping.signal.aborted) return;
    const walk = this.#walk(steps, { orgId, batchId }).finally(() => this.#walking.delete(batchId));
    this.#walking.set(batchId, walk);
  }

  /** Resolves when nothing is in hand. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#walking.values());
  }

  async #walk(steps: Steps, key: BatchKey): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted && failures < maxFailures; ) {
      try {
        const pauseMs = await this.#step(steps, key);
        if (pauseMs === undefined) return;
        if (pauseMs > 0) await this.#clock.sleep(pauseMs, signal);
        failures = 0;
      } catch (error) {
        failures += 1;
        this.#log('warn', 'batch stands still', { ...key, error: `${error}` });
        await this.#clock.sleep(retryMs, signal);
      }
    }
  }

  /** @returns how long to wait before the next step; `undefined` where there is none */
  async #step(steps: Steps, key: BatchKey): Promise<number | undefined> {
    const step = await steps.advance(key);
    switch (step.next) {
      case 'DONE':
        return undefined;
      case 'CONTINUE':
        return 0;
      case 'WAIT':
        return waitMs;
      case 'SUBMIT':
        return (await this.#submit(steps, key, step.chunks)) ? 0 : waitMs;
    }
  }

  async #submit(steps: Steps, key: BatchKey, chunks: readonly number[]): Promise<boolean> {
    let allDone = true;
    for (const chunk of chunks) {
      if (this.#stopping.signal.aborted) break;
      allDone = (await steps.submit(key, chunk)) && allDone;
    }
    return allDone;
  }
}
