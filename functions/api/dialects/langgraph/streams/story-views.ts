import type { RunDeps } from '#core/run/deps.ts';
import { RunOutput } from '#core/run/run.ts';
import type { RunEvent } from '#core/run/run-event.ts';
import { getRun } from '#core/run/run-repository.ts';
import { branchOf, type Checkpoint, runCheckpoints } from '#core/session/checkpoints.ts';
import type { RunKey } from '#core/store/keys.ts';
import { loadValue } from '#core/store/stored-value.ts';
import { toMessages } from '../messages/messages.ts';
import type { EventViews, StepView } from './run-story.ts';

type Deps = Pick<RunDeps, 'store' | 'blobs' | 'settings' | 'clock' | 'log'>;

/** Reads what a run's events make known, no sooner than they do and each step once. */
export class StoryViews {
  readonly #deps: Deps;
  readonly #run: RunKey & { readonly sessionId: string };
  #read: StepView[] = [];
  #told = 0;

  constructor(deps: Deps, run: RunKey & { readonly sessionId: string }) {
    this.#deps = deps;
    this.#run = run;
  }

  /** @param step the newest that has begun before the event */
  async at(event: RunEvent, step: number): Promise<EventViews> {
    if (event.type === 'run.started') return { steps: [], history: await this.#history() };
    const steps = await this.#stepsTo(lastStepAt(event, step));
    if (event.type !== 'run.completed') return { steps };
    return { steps, structured: await this.#structured() };
  }

  async #structured(): Promise<unknown> {
    const run = await getRun(this.#deps, this.#run);
    if (run.status !== 'COMPLETED') return undefined;
    return (await loadValue(this.#deps, run.output, RunOutput)).structured;
  }

  async #history() {
    const { base } = await getRun(this.#deps, this.#run);
    return (await branchOf(this.#deps, this.#run, base)).flatMap(toStepMessages);
  }

  async #stepsTo(last: number): Promise<StepView[]> {
    if (last <= this.#told) return [];
    if (last > (this.#read.at(-1)?.step ?? this.#told)) await this.#readOn();
    const steps = this.#read.filter(({ step }) => step > this.#told && step <= last);
    this.#told = steps.at(-1)?.step ?? this.#told;
    return steps;
  }

  async #readOn(): Promise<void> {
    const after = this.#read.at(-1)?.step ?? 0;
    const { runId } = this.#run;
    const checkpoints = await runCheckpoints(this.#deps, this.#run, runId, after);
    this.#read.push(
      ...checkpoints.map((one) => ({ step: one.step, at: one.at, messages: toStepMessages(one) })),
    );
  }
}

const toStepMessages = (checkpoint: Checkpoint) => toMessages(checkpoint, checkpoint.appended);

/** A checkpoint is written with the last events of its step, or before those of the next. */
function lastStepAt(event: RunEvent, step: number): number {
  switch (event.type) {
    case 'step.started':
    case 'step.reset':
      return event.data.step - 1;
    case 'run.paused':
      return step;
    case 'run.completed':
    case 'run.failed':
    case 'run.cancelled':
      return Number.MAX_SAFE_INTEGER;
    default:
      return 0;
  }
}
