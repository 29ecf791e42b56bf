import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { cronerCalendar } from '#adapters/croner-calendar.ts';
import type { EmbeddedDeps } from '#adapters/embedded/embedded-runtime.ts';
import { FileBlobStore } from '#adapters/embedded/file-blob-store.ts';
import { InProcessRunWatch } from '#adapters/embedded/in-process-run-watch.ts';
import { SqliteDatabase } from '#adapters/embedded/sqlite-database.ts';
import { SqliteItemStore } from '#adapters/embedded/sqlite-item-store.ts';
import { decideApproval } from '#core/approval/decide-approval.ts';
import { registerPause } from '#core/approval/register-pause.ts';
import { cancelRun } from '#core/run/cancel-run.ts';
import { deleteRun } from '#core/run/delete-run.ts';
import { defaultSettings } from '#core/run/deps.ts';
import { dispatchRun } from '#core/run/dispatch-run.ts';
import { finalizeRun } from '#core/run/finalize-run.ts';
import { LeaseHeld } from '#core/run/leased-run.ts';
import { listRuns } from '#core/run/list-runs.ts';
import { hasEnded, type Run } from '#core/run/run.ts';
import { RunError } from '#core/run/run-error.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { runSegment } from '#core/run/run-segment.ts';
import { executionName, type RunExecution } from '#core/run/run-workflow.ts';
import { storedRunTally } from '#core/run/stored-run-tally.ts';
import { submitRun } from '#core/run/submit-run.ts';
import { sweep } from '#core/run/sweep.ts';
import type { SessionEntry } from '#core/session/enter-session.ts';
import type { RunKey } from '#core/store/keys.ts';
import { aClock } from '../../builders/a-clock.ts';
import { aPrincipal } from '../../builders/a-principal.ts';
import { type Effect, workingAgent } from '../../builders/an-agent.ts';
import { aFolder, aSubmission, theAgents } from '../../builders/an-engine.ts';
import { Turnstile } from './turnstile.ts';
import { type Fate, WorkerStore } from './worker-store.ts';

/** How long a process lives; see Fate. */
export type Life = Pick<Fate, 'operationsLeft' | 'lastTakesEffect'>;

export const immortal: Life = { operationsLeft: Number.POSITIVE_INFINITY, lastTakesEffect: true };

/** An execution as a workflow service keeps it: it knows states, never runs. */
interface Execution {
  readonly input: RunExecution;
  state: 'segment' | 'waiting' | 'finalize';
  approvalId: string;
  token: string;
}

const day = 24 * 3600 * 1000;

/**
 * The real core over the real store, with a queue and a workflow that the test drives: nothing
 * happens unless an action makes it, in any order, doubled, late, or cut off in the middle.
 */
export class World {
  readonly clock = aClock();
  readonly effects: Effect[] = [];
  readonly messages: RunKey[] = [];
  readonly executions = new Map<string, Execution>();
  readonly turnstile: Turnstile;
  readonly #database = new SqliteDatabase(':memory:');
  readonly #watch = new InProcessRunWatch();
  readonly #store = new SqliteItemStore(this.#database, (keys) => this.#watch.changed(keys));
  readonly #blobs = new FileBlobStore(aFolder());
  readonly #dead = new Set<string>();
  /** Told of each effect before it happens, to see whether it may. */
  onEffect: (effect: Effect) => Promise<void> = async () => undefined;

  constructor(random: () => number) {
    this.turnstile = new Turnstile(random);
  }

  /** As somebody who looks from outside. */
  get deps(): EmbeddedDeps {
    return this.#depsOf({ ...immortal, died: () => undefined }, true);
  }

  /** Does something in a process of its own, which dies after so many store operations. */
  async act(
    life: Life,
    action: (deps: EmbeddedDeps, worker: string) => Promise<unknown>,
  ): Promise<void> {
    const worker = randomUUID();
    const { promise: death, resolve } = Promise.withResolvers<void>();
    const died = () => {
      this.#dead.add(worker);
      resolve();
    };
    const work = action(this.#depsOf({ ...life, died }, false), worker);
    await Promise.race([work.catch(expected), death]);
    this.#dead.add(worker);
  }

  /** Time passes while others are at work. */
  async time(ms: number, turns: number): Promise<void> {
    for (let turn = 0; turn < turns; turn += 1) await this.turnstile.pass();
    this.clock.advance(ms);
  }

  submit =
    (session: string, message: string, entry: SessionEntry) => async (deps: EmbeddedDeps) => {
      const command = aSubmission({ agentId: 'worker', sessionId: session, message, entry });
      await submitRun(deps, command);
    };

  remove = (run: RunKey) => (deps: EmbeddedDeps) => deleteRun(deps, run);

  dispatch = (run: RunKey) => (deps: EmbeddedDeps) => dispatchRun(deps, run);

  decide = (run: RunKey, decision: 'APPROVE' | 'REJECT') => (deps: EmbeddedDeps) =>
    decideApproval(deps, { ...run, decision, by: aPrincipal('ann'), idempotency: undefined });

  cancel = (run: RunKey) => (deps: EmbeddedDeps) => cancelRun(deps, run, 'test');

  sweep = () => (deps: EmbeddedDeps) => sweep(deps);

  /** One invocation of what the execution's state asks for. */
  advance = (execution: Execution) => (deps: EmbeddedDeps, worker: string) => {
    if (execution.state === 'segment') return this.#segment(execution, deps, worker);
    return execution.state === 'waiting'
      ? this.#registerPause(execution, deps)
      : this.#finalize(execution, deps);
  };

  async #segment(execution: Execution, deps: EmbeddedDeps, owner: string): Promise<void> {
    const stopping = new AbortController().signal;
    const isDead = (other: string) => this.#dead.has(other);
    const outcome = await runSegment(deps, execution.input, { owner, isDead, stopping });
    // A late answer of an invocation that the workflow gave up counts for nothing.
    if (execution.state !== 'segment' || outcome.next === 'CONTINUE') return;
    if (outcome.next === 'DONE') this.executions.delete(executionName(execution.input));
    else execution.state = outcome.next === 'FAIL' ? 'finalize' : 'waiting';
    execution.approvalId = outcome.approvalId ?? '';
  }

  async #registerPause(execution: Execution, deps: EmbeddedDeps): Promise<void> {
    execution.token = randomUUID();
    const { input, approvalId, token } = execution;
    await registerPause(deps, { ...input, approvalId, taskToken: token });
  }

  async #finalize(execution: Execution, deps: EmbeddedDeps): Promise<void> {
    await finalizeRun(deps, execution.input, 'test');
    this.executions.delete(executionName(execution.input));
  }

  /** Lets everything go its way, without faults, until no run is live. */
  async settle(): Promise<Run[]> {
    for (let round = 0; round < mostRounds; round += 1) {
      await this.#everything();
      const runs = await this.runs();
      const over = runs.every(hasEnded) && this.executions.size === 0;
      if (over && this.#leftOvers().length === 0) return runs;
      if (round > patience) this.clock.advance(61_000);
      await this.act(immortal, this.sweep());
    }
    throw new Error(`No end: ${JSON.stringify([await this.runs(), this.#leftOvers()])}`);
  }

  async #everything(): Promise<void> {
    for (const message of this.messages.splice(0)) await this.act(immortal, this.dispatch(message));
    for (const execution of [...this.executions.values()])
      await this.act(immortal, this.advance(execution));
    for (const run of await this.runs())
      if (run.status === 'PAUSED') await this.act(immortal, this.decide(keyOf(run), 'APPROVE'));
  }

  async runs(): Promise<Run[]> {
    const { runs } = await listRuns(this.deps, { orgId: 'acme', limit: 1000 });
    return [...runs].reverse();
  }

  /** What ended runs have still to give back. */
  #leftOvers() {
    return this.#database
      .prepare(`SELECT pk, sk FROM item WHERE pk LIKE '%#SLOT' OR sk LIKE 'TURN#%'`)
      .all();
  }

  close = () => this.#database.close();

  #depsOf(fate: Fate, direct: boolean): EmbeddedDeps {
    const store = direct ? this.#store : new WorkerStore(this.#store, this.turnstile, fate);
    const did = async (effect: Effect) => {
      await this.onEffect(effect);
      if (fate.operationsLeft >= 0) this.effects.push(effect);
    };
    return {
      store,
      blobs: this.#blobs,
      tally: storedRunTally(store),
      files: this.#blobs,
      batches: { start: async () => undefined },
      watch: this.#watch,
      clock: this.clock,
      agents: theAgents(this.#blobs, {}, workingAgent(did)),
      settings: { ...defaultSettings, slotsPerTenant: 2, retentionSeconds: (400 * day) / 1000 },
      newId: uuidv7,
      log: () => undefined,
      deliveries: { send: async () => undefined },
      queue: {
        send: async (messages) => {
          if (fate.operationsLeft >= 0) this.messages.push(...messages);
        },
      },
      workflow: {
        start: async (input) => {
          const name = executionName(input);
          if (fate.operationsLeft < 0 || this.executions.has(name)) return;
          this.executions.set(name, { input, state: 'segment', approvalId: '', token: '' });
        },
        resume: async (token) => this.#endWait(fate, token, 'segment'),
        failWait: async (token) => void this.#endWait(fate, token, 'finalize'),
        stop: async (input) => {
          if (fate.operationsLeft >= 0) this.executions.delete(executionName(input));
        },
        outcome: async (input) => (this.executions.has(executionName(input)) ? 'open' : 'unknown'),
        consoleUrl: () => undefined,
      },
      calendar: cronerCalendar,
      bus: { publish: async () => [] },
    };
  }

  #endWait(fate: Fate, token: string, state: Execution['state']): boolean {
    const execution = [...this.executions.values()].find(
      (one) => one.state === 'waiting' && one.token === token,
    );
    if (execution && fate.operationsLeft >= 0) execution.state = state;
    return execution !== undefined;
  }
}

const mostRounds = 300;
/** Rounds without passing time: what needs no sweeper must not wait for it. */
const patience = 5;

/** Losing a race is no fault. */
function expected(error: unknown): void {
  if (error instanceof RunError || error instanceof LeaseHeld) return;
  throw error;
}
