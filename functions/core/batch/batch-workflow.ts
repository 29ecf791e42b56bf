import type { BatchKey } from '../store/keys.ts';

/** Somebody's work on a batch. Several at once do no harm. */
export interface BatchExecution extends BatchKey {
  readonly attempt: number;
}

/** Walks batches by `advanceBatch` and `submitChunk`: Step Functions, or the embedded walker. */
export interface BatchWorkflow {
  /** One that was started already counts as started. */
  start(execution: BatchExecution): Promise<void>;
}

/** What has to be done next for a batch. */
export type BatchStep =
  | { readonly next: 'CONTINUE' }
  /** Chunks to be submitted. */
  | { readonly next: 'SUBMIT'; readonly chunks: readonly number[] }
  | { readonly next: 'WAIT' }
  | { readonly next: 'DONE' };
