import type { BatchWorkflow } from '../batch/batch-workflow.ts';
import type { RunBus } from '../outbox/run-bus.ts';
import type { CronCalendar } from '../schedule/cron-calendar.ts';
import type { BlobStore } from '../store/blob-store.ts';
import type { ItemStore } from '../store/item-store.ts';
import type { DeliveryQueue } from '../webhook/delivery-queue.ts';
import type { AgentDirectory, Agents } from './agents.ts';
import type { RunQueue } from './run-queue.ts';
import type { RunTally } from './run-tally.ts';
import type { RunWatch } from './run-watch.ts';
import type { RunWorkflow } from './run-workflow.ts';

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface RunSettings {
  /** How long an ended run is kept. */
  readonly retentionSeconds: number;
  /** Runs of one tenant that run or wait for a decision at the same time. */
  readonly slotsPerTenant: number;
  /** How long a segment may be silent before it counts as dead. */
  readonly leaseSeconds: number;
  /** How long the sweeper leaves a run alone that waits for a message or an execution. */
  readonly wakeSeconds: number;
  /** How long one invocation of a segment goes on before it hands over to the next. */
  readonly segmentSeconds: number;
  /** Values of more JSON than this go to the blob store. */
  readonly inlineBytes: number;
  /** How long an `Idempotency-Key` is remembered. */
  readonly idempotencySeconds: number;
  /** Whether changes of status are told to a bus; else they are only logged. */
  readonly announces: boolean;
  /** Whether counters are kept of the runs in each status, where counting them would take too long. */
  readonly countsRuns: boolean;
  /**
   * Whether a tenant may have receivers of webhooks, beside a run's own. A `false` is never wrong,
   * and nothing is kept for them then; asked at every change of a run.
   */
  readonly hasListeners: (orgId: string) => boolean;
  /** Whether http, and addresses of this machine, will do for webhooks: for development only. */
  readonly webhooksToLoopback: boolean;
}

export const defaultSettings: RunSettings = {
  retentionSeconds: 30 * 24 * 3600,
  slotsPerTenant: 100,
  leaseSeconds: 30,
  wakeSeconds: 60,
  segmentSeconds: 600,
  inlineBytes: 8 * 1024,
  idempotencySeconds: 24 * 3600,
  announces: false,
  countsRuns: false,
  hasListeners: () => false,
  webhooksToLoopback: false,
};

/** What the use cases of a run need. Each takes the part that it uses. */
export interface RunDeps {
  readonly store: ItemStore;
  readonly blobs: BlobStore;
  readonly queue: RunQueue;
  readonly workflow: RunWorkflow;
  readonly watch: RunWatch;
  readonly agents: AgentDirectory;
  readonly clock: Clock;
  readonly settings: RunSettings;
  /** A new UUIDv7, greater than every one before it. */
  newId(): string;
  /** Says what an operator should know. Never payloads. */
  log(level: 'info' | 'warn' | 'error', message: string, fields: Record<string, unknown>): void;
}

/** What it takes to read a run. */
export type ReadDeps = Pick<RunDeps, 'store' | 'clock' | 'log'>;

/** What it takes to change a run. */
export type ChangeDeps = Pick<RunDeps, 'store' | 'clock' | 'log' | 'settings'>;

/** The sweeper submits what is scheduled, and tells what was not told. */
export interface SweepDeps extends Omit<RunDeps, 'watch'> {
  readonly tally: RunTally;
  readonly calendar: CronCalendar;
  readonly bus: RunBus;
  /** See OutboxDeps. */
  readonly publicBaseUrl?: string | undefined;
  readonly deliveries: DeliveryQueue;
  readonly batches: BatchWorkflow;
}

/** A segment needs the agents' code, and leaves the workflow to itself. */
export interface SegmentDeps extends Omit<RunDeps, 'agents' | 'workflow' | 'newId'> {
  readonly agents: Agents;
}
