import type { EmbeddedDeps } from '#adapters/embedded/embedded-runtime.ts';
import { FileBlobStore } from '#adapters/embedded/file-blob-store.ts';
import { InProcessRunWatch } from '#adapters/embedded/in-process-run-watch.ts';
import { SqliteDatabase } from '#adapters/embedded/sqlite-database.ts';
import { SqliteItemStore } from '#adapters/embedded/sqlite-item-store.ts';
import { SqliteRunTally } from '#adapters/embedded/sqlite-run-tally.ts';
import { SqliteRunWorkflow } from '#adapters/embedded/sqlite-run-workflow.ts';
import type { ToolApproval, ToolContext } from '#agent/define-agent.ts';
import { publishOutbox } from '#core/outbox/outbox.ts';
import type { RunBus } from '#core/outbox/run-bus.ts';
import type { RunStatusChanged } from '#core/outbox/run-status-changed.ts';
import { defaultSettings, type RunSettings } from '#core/run/deps.ts';
import { dispatchRun } from '#core/run/dispatch-run.ts';
import { type ExecutionEnd, executionName, type RunExecution } from '#core/run/run-workflow.ts';
import { storedRunTally } from '#core/run/stored-run-tally.ts';
import { sweep } from '#core/run/sweep.ts';
import type { Key } from '#core/store/item-store.ts';
import { isOutboxKey, type RunKey } from '#core/store/keys.ts';
import { deliver } from '#core/webhook/deliver.ts';
import type { DeliveryQueue, DeliveryRing } from '#core/webhook/delivery-queue.ts';
import { isStatusChange } from '../../builders/a-bus.ts';
import { aClock } from '../../builders/a-clock.ts';
import { Activity } from '../../builders/activity.ts';
import type { Effect } from '../../builders/an-agent.ts';
import { aFolder } from '../../builders/an-engine.ts';
import { Process } from './process.ts';
import type { Rest, Surroundings } from './surroundings.ts';
import { TaskDuty } from './task-duty.ts';

export interface WorldOptions {
  readonly rest: Rest;
  readonly settings?: Partial<RunSettings>;
  /** Of the tool `guarded`. */
  readonly approval?: Partial<ToolApproval<unknown>>;
}

export const minuteMs = 61_000;
const firstRetryMs = 2_000;
const mostRounds = 100;

/** The real core over the real store and workflow, in which one process after the other works. */
export class CrashWorld implements Surroundings {
  readonly rest: Rest;
  readonly settings: RunSettings;
  readonly approval: Partial<ToolApproval<unknown>>;
  readonly clock = aClock();
  readonly activity = new Activity();
  readonly watch = new InProcessRunWatch();
  readonly blobFolder = aFolder();
  readonly blobs = new FileBlobStore(this.blobFolder);
  readonly messages: RunKey[] = [];
  readonly effects: Effect[] = [];
  readonly received: string[] = [];
  readonly told: RunStatusChanged[] = [];
  readonly bus: RunBus = {
    publish: async (events) => {
      this.told.push(...events.filter(isStatusChange));
      return [];
    },
  };
  readonly rings: DeliveryRing[] = [];
  readonly deliveries: DeliveryQueue = {
    send: async (rings) => void this.rings.push(...rings),
  };
  readonly #database = new SqliteDatabase(':memory:');
  readonly store = new SqliteItemStore(this.#database, (keys) => this.#written(keys));
  readonly workflow = new SqliteRunWorkflow({
    database: this.#database,
    clock: this.clock,
    log: () => undefined,
  });
  /** How many runs there are, by the counters and by counting. */
  readonly tallies = {
    kept: storedRunTally(this.store),
    counted: new SqliteRunTally(this.#database),
  };
  /** How executions ended that the workflow did not end itself. */
  readonly ends = new Map<string, ExecutionEnd>();
  /** Who does the workflow's tasks. */
  readonly duty: TaskDuty;
  /** What a tool does beside its effect. */
  tool: (effect: Effect, context: ToolContext) => Promise<void> = async () => undefined;
  /** Whether what is to be announced is announced as soon as it is written. */
  bellRings = true;
  /** The process that will die. */
  readonly doomed: Process;
  readonly #healthy: Process;
  readonly #deathNoticed = Promise.withResolvers<void>();
  #ids = 0;

  constructor({ rest, settings, approval }: WorldOptions) {
    this.rest = rest;
    this.settings = { ...defaultSettings, announces: true, countsRuns: true, ...settings };
    this.approval = approval ?? {};
    this.doomed = new Process(this);
    this.#healthy = new Process(this);
    this.duty = new TaskDuty(this.#deathNoticed.promise);
    this.duty.assign(this.#healthy);
    this.workflow.open(this.duty.tasks);
  }

  /** Of a process that lives. */
  get deps(): EmbeddedDeps {
    return this.#healthy.deps;
  }

  /** All in one shard of the sweeper's, which so takes them up in the order of their time. */
  newId = (): string => {
    this.#ids += 1;
    return `00000000-0000-7000-8000-${String(this.#ids).padStart(10, '0')}00`;
  };

  /** Tasks that were held are done. */
  letWork(): void {
    this.duty.assign(this.#healthy);
  }

  /** Nobody else does anything any more, and the doomed dies after so many changes. */
  doom(changes: number): void {
    this.duty.hold();
    this.bellRings &&= this.rest === 'kept';
    this.doomed.life.dieAfter(changes);
  }

  /** Lets everything go its way until nothing happens any more. */
  async quiet(): Promise<void> {
    await this.activity.quiet();
    for (let round = 0; this.messages.length + this.rings.length > 0; round += 1) {
      if (round === mostRounds) throw new Error('Messages go round in circles');
      await this.#deliverRung();
      for (const message of this.messages.splice(0)) await dispatchRun(this.deps, message);
      await this.activity.quiet();
    }
  }

  /** Other processes go on after the crash: two sweeps, a minute apart, are all that it may cost. */
  async recover(): Promise<void> {
    this.letWork();
    this.bellRings = true;
    if (this.rest === 'kept') this.#deathNoticed.resolve();
    await this.quiet();
    await this.sweepTwice();
  }

  async sweepTwice(): Promise<void> {
    for (let i = 0; i < 2; i += 1) {
      await this.pass(minuteMs);
      await sweep(this.deps);
      await this.quiet();
    }
  }

  /** Time passes, and whoever waited for it goes on. */
  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.quiet();
  }

  /** The workflow takes again what hung with the dead, however late. */
  async retryHanging(): Promise<void> {
    this.#deathNoticed.resolve();
    await this.quiet();
    await this.pass(firstRetryMs);
  }

  /** Somebody ends an execution from outside. */
  async endExecution(execution: RunExecution, end: ExecutionEnd): Promise<void> {
    this.ends.set(executionName(execution), end);
    await this.workflow.stop(execution);
  }

  async close(): Promise<void> {
    this.letWork();
    this.#deathNoticed.resolve();
    await this.workflow.close();
    await this.#database.close();
  }

  #written(keys: readonly Key[]): void {
    this.watch.changed(keys);
    const rows = keys.filter(isOutboxKey);
    if (rows.length > 0 && this.bellRings) void this.activity.during(() => this.#announce(rows));
  }

  async #deliverRung(): Promise<void> {
    const { signal } = new AbortController();
    for (const ring of this.rings.splice(0)) await deliver(this.#healthy.delivering, ring, signal);
  }

  async #announce(keys: readonly Key[]): Promise<void> {
    const rows = (await this.store.getMany(keys)).flatMap((row) => row ?? []);
    if (rows.length > 0) await publishOutbox(this, rows);
  }
}
