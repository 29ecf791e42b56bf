import type { BatchWorkflow } from '#core/batch/batch-workflow.ts';
import type { BlobLinks } from '#core/batch/blob-links.ts';
import type { RunDeps } from '#core/run/deps.ts';
import type { RunTally } from '#core/run/run-tally.ts';
import type { CronCalendar } from '#core/schedule/cron-calendar.ts';
import type { LargeBlobStore } from '#core/store/large-blob-store.ts';
import type { DeliveryQueue } from '#core/webhook/delivery-queue.ts';

/** What the operations of every dialect work with. */
export interface DialectDeps extends RunDeps {
  readonly tally: RunTally;
  readonly files: LargeBlobStore;
  readonly links: BlobLinks;
  readonly batches: BatchWorkflow;
  readonly deliveries: DeliveryQueue;
  /** Loaded by who schedules: most requests have nothing to do with it. */
  readonly calendar: () => Promise<CronCalendar>;
  readonly waiting: WaitSettings;
  /** Of requests that may leave it to the service. @default - the first that is declared */
  readonly defaultAgent?: string | undefined;
}

/** What it takes to say something of a run. */
export interface ViewDeps extends Pick<RunDeps, 'store' | 'blobs' | 'clock' | 'log'> {
  readonly workflow: Pick<RunDeps['workflow'], 'consoleUrl'>;
}

export interface WaitSettings {
  /** How long a caller may wait for a run; then it gets the run as it is. */
  readonly limitMs: number;
  /** Whether the answer can begin before the run is done; else nothing leaves before its end. */
  readonly streaming: boolean;
  /**
   * How long one stream of events may last; then it ends, and its reader comes back for the rest.
   * @default - as long as the run
   */
  readonly streamLimitMs?: number;
}
