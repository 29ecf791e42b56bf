import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { advanceBatch } from '#core/batch/advance-batch.ts';
import { submitChunk } from '#core/batch/submit-chunk.ts';
import {
  expirePauseTask,
  finalizeTask,
  type LifecycleTasks,
  registerPauseTask,
  segmentTask,
  type TaskInput,
  type TaskOutcome,
} from '#core/lifecycle-tasks.ts';
import { publishOutbox } from '#core/outbox/outbox.ts';
import type { RunBus } from '#core/outbox/run-bus.ts';
import type { Agents } from '#core/run/agents.ts';
import {
  type Clock,
  defaultSettings,
  type RunDeps,
  type RunSettings,
  type SegmentDeps,
  type SweepDeps,
} from '#core/run/deps.ts';
import { dispatchRun } from '#core/run/dispatch-run.ts';
import type { RunTally } from '#core/run/run-tally.ts';
import { sweep } from '#core/run/sweep.ts';
import type { Key } from '#core/store/item-store.ts';
import { isOutboxKey } from '#core/store/keys.ts';
import type { LargeBlobStore } from '#core/store/large-blob-store.ts';
import { type DeliverDeps, deliver } from '#core/webhook/deliver.ts';
import { cronerCalendar } from '../croner-calendar.ts';
import { BatchWalker } from './batch-walker.ts';
import { InMemoryDeliveryQueue } from './in-memory-delivery-queue.ts';
import { InMemoryRunQueue } from './in-memory-run-queue.ts';
import { InProcessRunWatch } from './in-process-run-watch.ts';
import { KnownListeners } from './known-listeners.ts';
import { Quarantine } from './quarantine.ts';
import type { RuntimeParts } from './runtime-parts.ts';
import { SqliteDatabase } from './sqlite-database.ts';
import { SqliteItemStore } from './sqlite-item-store.ts';
import { SqliteRunTally } from './sqlite-run-tally.ts';
import { SqliteRunWorkflow } from './sqlite-run-workflow.ts';

export interface EmbeddedRuntimeOptions {
  /** Where the database lies; `:memory:` for one that is forgotten. */
  readonly dataDir: string;
  readonly agents: Agents;
  readonly blobs: LargeBlobStore;
  readonly clock: Clock;
  readonly log: SegmentDeps['log'];
  /** @default defaultSettings */
  readonly settings?: Partial<RunSettings>;
  /** Told of every change of status. @default - the log alone */
  readonly bus?: RunBus;
  /** Where approvals are decided by the links that the bus is told. @default - it is told none */
  readonly publicBaseUrl?: string | undefined;
  /** How webhooks are told. @default - what there is to tell them is kept until somebody does */
  readonly webhooks?: (deps: EmbeddedDeps) => Pick<DeliverDeps, 'post' | 'webhookBody'>;
  /** @default 5 */
  readonly sweepEverySeconds?: number;
  /** Puts something around the parts, before any of them works. @default - they are used as they are */
  readonly decorate?: (parts: RuntimeParts) => RuntimeParts;
}

export type EmbeddedDeps = RunDeps &
  SegmentDeps &
  SweepDeps & { readonly tally: RunTally; readonly files: LargeBlobStore };

/** The whole engine in this process: store, queue, workflow and sweeper over one SQLite database. */
export class EmbeddedRuntime {
  readonly deps: EmbeddedDeps;
  readonly tally: RunTally;
  readonly #database: SqliteDatabase;
  readonly #store: SqliteItemStore;
  readonly #queue: InMemoryRunQueue;
  readonly #deliveries: InMemoryDeliveryQueue;
  readonly #deliverDeps: DeliverDeps | undefined;
  readonly #workflow: SqliteRunWorkflow;
  readonly #batches: BatchWalker;
  readonly #tasks: LifecycleTasks;
  readonly #sweepEveryMs: number;
  readonly #stopping = new AbortController();
  /** Invocations of segments that are at work in this process. */
  readonly #working = new Set<string>();
  readonly #quarantine: Quarantine;
  #sweeping: Promise<void> | undefined;

  constructor(options: EmbeddedRuntimeOptions) {
    const { clock, log, agents, blobs } = options;
    const inMemory = options.dataDir === ':memory:';
    this.#database = new SqliteDatabase(
      inMemory ? ':memory:' : join(options.dataDir, 'longrun.db'),
    );
    const watch = new InProcessRunWatch();
    const listeners = new KnownListeners(() => store);
    const store = new SqliteItemStore(this.#database, (keys) => {
      watch.changed(keys);
      listeners.changed(keys);
      this.#announce(keys.filter(isOutboxKey));
    });
    this.#store = store;
    this.tally = new SqliteRunTally(this.#database);
    this.#queue = new InMemoryRunQueue((message, fields) => log('warn', message, fields));
    this.#deliveries = new InMemoryDeliveryQueue({
      clock,
      log: (message, fields) => log('warn', message, fields),
    });
    this.#workflow = new SqliteRunWorkflow({ database: this.#database, clock, log });
    this.#batches = new BatchWalker({ clock, log });
    this.#sweepEveryMs = (options.sweepEverySeconds ?? defaultSweepSeconds) * 1000;
    const { tasks, ...parts } = (options.decorate ?? unchanged)({
      store,
      queue: this.#queue,
      workflow: this.#workflow,
      tasks: this.#makeTasks(),
    });
    this.#tasks = tasks;
    this.deps = {
      ...parts,
      blobs,
      files: blobs,
      batches: this.#batches,
      tally: this.tally,
      watch,
      agents,
      clock,
      log,
      settings: {
        ...defaultSettings,
        inlineBytes,
        announces: options.bus !== undefined,
        hasListeners: (orgId) => listeners.mayHave(orgId),
        ...options.settings,
      },
      bus: options.bus ?? noBus,
      publicBaseUrl: options.publicBaseUrl,
      deliveries: this.#deliveries,
      calendar: cronerCalendar,
      newId: uuidv7,
    };
    this.#deliverDeps = options.webhooks && { ...this.deps, ...options.webhooks(this.deps) };
    this.#quarantine = new Quarantine(this.deps);
  }

  /** Takes up what an earlier process left behind, and begins to work. */
  async start(): Promise<void> {
    this.#workflow.open(this.#tasks);
    this.#queue.start((run) => dispatchRun(this.deps, run));
    this.#batches.open({
      advance: (key) => advanceBatch(this.deps, key),
      submit: (key, chunk) => submitChunk(this.deps, key, chunk),
    });
    const deliverDeps = this.#deliverDeps;
    if (deliverDeps) this.#deliveries.start((ring, signal) => deliver(deliverDeps, ring, signal));
    // No message outlives the process: whatever would be due within a message's time is due now.
    const { clock, settings } = this.deps;
    await sweep(this.deps, clock.now() + settings.wakeSeconds * 1000);
    this.#sweeping = this.#sweepAgainAndAgain();
  }

  /** Lets the steps in hand go, from which the next process takes up their runs, and closes. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#batches.close();
    await this.#queue.close();
    await this.#workflow.close();
    await this.#deliveries.close();
    await this.#sweeping;
    await this.#database.close();
  }

  /** Resolves when all that was read or written so far is on disk. */
  settled(): Promise<void> {
    return this.#database.settled();
  }

  async #sweepAgainAndAgain(): Promise<void> {
    const { signal } = this.#stopping;
    for (;;) {
      await this.deps.clock.sleep(this.#sweepEveryMs, signal);
      if (signal.aborted) return;
      try {
        this.#workflow.expireWaits();
        await sweep(this.deps);
        await this.#store.deleteExpired(this.deps.clock.now());
      } catch (error) {
        this.deps.log('error', 'sweep failed', { error: `${error}` });
      }
    }
  }

  /** Whatever goes wrong here the sweeper does again, and at the start what was written before. */
  #announce(keys: readonly Key[]): void {
    if (keys.length === 0 || !this.#sweeping) return;
    const { store, log } = this.deps;
    store
      .getMany(keys)
      .then((rows) =>
        publishOutbox(
          this.deps,
          rows.flatMap((row) => row ?? []),
        ),
      )
      .catch((error: unknown) => log('warn', 'not announced', { error: `${error}` }));
  }

  async #segment(input: TaskInput): Promise<TaskOutcome> {
    const owner = randomUUID();
    this.#working.add(owner);
    try {
      const invocation = {
        owner,
        // Only this process works on this database: whoever does not work here is dead.
        isDead: (other: string) => !this.#working.has(other),
        stopping: this.#stopping.signal,
      };
      return await segmentTask(this.deps, input, invocation);
    } finally {
      this.#working.delete(owner);
    }
  }

  #makeTasks(): LifecycleTasks {
    return {
      segment: (input) => this.#quarantine.run(input, () => this.#segment(input)),
      'register-pause': (input) => registerPauseTask(this.deps, input),
      'expire-pause': (input) => expirePauseTask(this.deps, input),
      finalize: (input) => finalizeTask(this.deps, input),
    };
  }
}

const unchanged = (parts: RuntimeParts) => parts;

const noBus: RunBus = { publish: async () => [] };
const defaultSweepSeconds = 5;
/** SQLite keeps a long text as well as a file does. */
const inlineBytes = 64 * 1024;
