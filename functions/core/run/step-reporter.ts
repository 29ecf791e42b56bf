import type { RunDeps } from './deps.ts';
import type { LeasedRun } from './leased-run.ts';
import type { RunEventBody } from './run-event.ts';
import { keyOf } from './run-repository.ts';

const flushEveryMs = 100;
/** Whoever asks for the run from time to time sees how far it is, too. */
const progressEveryMs = 2000;

/**
 * Collects what a step has to tell. While somebody reads along it is written every 100 ms, else
 * with the step's checkpoint, and what tells of progress every 2 s.
 */
export class StepReporter {
  readonly #deps: Pick<RunDeps, 'watch' | 'log'>;
  readonly #leased: LeasedRun;
  #events: RunEventBody[] = [];
  #timer: NodeJS.Timeout | undefined;
  #progressAt = 0;

  constructor(deps: Pick<RunDeps, 'watch' | 'log'>, leased: LeasedRun) {
    this.#deps = deps;
    this.#leased = leased;
  }

  emit(event: RunEventBody): void {
    const last = this.#events.at(-1);
    if (last && isDelta(last) && last.type === event.type)
      this.#events[this.#events.length - 1] = {
        ...last,
        data: { text: last.data.text + event.data.text },
      };
    else this.#events.push(event);
    this.#timer ??= setTimeout(() => void this.#flush(), flushEveryMs);
  }

  /** Hands over what was not written yet; the caller writes it. */
  take(): RunEventBody[] {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** Whether what there is may wait for the step's end, or a while. */
  #waits(): boolean {
    if (!this.#events.some(({ type }) => type === 'progress')) return true;
    const left = this.#progressAt + progressEveryMs - Date.now();
    if (left > 0) this.#timer ??= setTimeout(() => void this.#flush(), left);
    else this.#progressAt = Date.now();
    return left > 0;
  }

  async #flush(): Promise<void> {
    this.#timer = undefined;
    try {
      if (!(await this.#deps.watch.isRead(keyOf(this.#leased.run))) && this.#waits()) return;
      // Taken inside the change, so that a checkpoint that was asked for first has them.
      await this.#leased.change((run) => {
        const events = this.take();
        return events.length > 0 ? { run, events } : undefined;
      });
    } catch (error) {
      // The step learns of a lost lease by itself; events are views, and may be lost.
      this.#deps.log('warn', 'events not written', {
        runId: this.#leased.run.id,
        error: `${error}`,
      });
    }
  }
}

type Delta = Extract<RunEventBody, { type: 'text.delta' | 'reasoning.delta' }>;

const isDelta = (event: RunEventBody): event is Delta =>
  event.type === 'text.delta' || event.type === 'reasoning.delta';
