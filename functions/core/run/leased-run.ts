import type { RunDeps } from './deps.ts';
import { failed } from './finish-run.ts';
import { type Run, type RunIn, wakeAfter } from './run.ts';
import { changeRun, getRun, keyOf, type RunChange } from './run-repository.ts';
import type { RunExecution } from './run-workflow.ts';

const deathsAllowed = 3;

/** Another invocation holds the lease and may be alive. Worth a retry when the lease has ended. */
export class LeaseHeld extends Error {
  override readonly name = 'LeaseHeld';
  /** When it ends unless it is renewed; epoch milliseconds. */
  readonly until: number;

  constructor(runId: string, until: number) {
    super(`Run ${runId} is leased until ${new Date(until).toISOString()}`);
    this.until = until;
  }
}

/** The run was cancelled, decided or taken over: nothing that this invocation does counts. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
  constructor() {
    super('The run is no longer held by this invocation');
  }
}

export interface Invocation {
  /** Unlike that of any other invocation. */
  readonly owner: string;
  /** Whether the holder of a lease is known to be dead, however long its lease still lasts. */
  isDead(owner: string): boolean;
}

type Deps = Pick<RunDeps, 'store' | 'clock' | 'log' | 'settings'>;

/** The one invocation that may write a run's progress, and the writes it makes. */
export class LeasedRun {
  readonly #deps: Deps;
  readonly #owner: string;
  #run: RunIn<'RUNNING'>;
  #latest: Run;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(deps: Deps, owner: string, run: RunIn<'RUNNING'>) {
    this.#deps = deps;
    this.#owner = owner;
    this.#run = run;
    this.#latest = run;
  }

  /**
   * Takes the lease of a running run. A holder that died at the same step as two before it makes
   * the run FAILED: the step kills whoever takes it.
   * @returns the leased run, or the run as it is where it is not running in this execution
   * @throws LeaseHeld
   */
  static async take(
    deps: Deps,
    execution: RunExecution,
    invocation: Invocation,
  ): Promise<LeasedRun | Run> {
    const known = await getRun(deps, execution);
    const run = await changeRun(
      deps,
      execution,
      (current) =>
        current.status === 'RUNNING' && current.epoch === execution.epoch
          ? lease(deps, current, invocation)
          : undefined,
      known,
    );
    const taken =
      run.status === 'RUNNING' &&
      run.epoch === execution.epoch &&
      run.lease?.owner === invocation.owner;
    return taken ? new LeasedRun(deps, invocation.owner, run) : run;
  }

  /** As last written while it was held. */
  get run(): RunIn<'RUNNING'> {
    return this.#run;
  }

  /** As last written: what the holder may have made of it, ended or paused. */
  get latest(): Run {
    return this.#latest;
  }

  /** Whether the run, as somebody read it, is still this invocation's. */
  holds(run: Run | undefined): run is RunIn<'RUNNING'> {
    return (
      run?.status === 'RUNNING' &&
      run.epoch === this.#run.epoch &&
      run.fence === this.#run.fence &&
      run.lease?.owner === this.#owner
    );
  }

  /** Makes the changes one after the other. @throws LeaseLost */
  change(decide: (run: RunIn<'RUNNING'>) => RunChange | undefined): Promise<Run> {
    const result = this.#last.then(() => this.#change(decide));
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #change(decide: (run: RunIn<'RUNNING'>) => RunChange | undefined): Promise<Run> {
    const run = await changeRun(
      this.#deps,
      keyOf(this.#run),
      (current) => {
        if (!this.holds(current)) throw new LeaseLost();
        return decide(current);
      },
      this.#run,
    );
    this.#latest = run;
    if (this.holds(run)) this.#run = run;
    return run;
  }

  /** This invocation fails: the next one need not wait for the lease to end. Counts as a death. */
  async abandon(): Promise<void> {
    await this.change((run) => ({
      run: { ...run, lease: { owner: this.#owner, until: this.#deps.clock.now() } },
    }));
  }

  /** Holds the run for another full term. @throws LeaseLost */
  async renew(): Promise<void> {
    await this.change((run) => ({ run: { ...run, ...term(this.#deps, this.#owner, run) } }));
  }
}

const term = (deps: Deps, owner: string, run: RunIn<'RUNNING'>) => {
  const now = deps.clock.now();
  const until = now + deps.settings.leaseSeconds * 1000;
  return { lease: { owner, until }, wakeAt: wakeAfter(run.wakeAt, now, deps.settings) };
};

function lease(deps: Deps, run: RunIn<'RUNNING'>, invocation: Invocation): RunChange {
  const { now, settings } = { now: deps.clock.now(), settings: deps.settings };
  const previous = run.lease;
  if (previous && previous.until > now && !invocation.isDead(previous.owner))
    throw new LeaseHeld(run.id, previous.until);
  const deaths = previous ? run.deaths + 1 : run.deaths;
  const step = run.step + 1;
  if (deaths >= deathsAllowed) {
    const message = `Step ${step} ended its worker ${deaths} times.`;
    return failed(run, { code: 'infrastructure', message }, false, { now, settings });
  }
  return {
    run: { ...run, ...term(deps, invocation.owner, run), fence: run.fence + 1, deaths, wakes: 0 },
    events: previous ? [{ type: 'step.reset', data: { step } }] : [],
  };
}
