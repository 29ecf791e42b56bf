import * as z from 'zod';
import { ApprovalDecided } from './approval-decided.ts';
import { ApprovalReminder } from './approval-reminder.ts';
import { ApprovalRequested } from './approval-requested.ts';
import { BatchCompleted, BatchProgressed } from './batch-completed.ts';
import { RunStatusChanged } from './run-status-changed.ts';

/** What the world outside may be told. Each has a file, a version of its own and the organisation. */
export const OutboxEvent = z.discriminatedUnion('type', [
  RunStatusChanged,
  ApprovalRequested,
  ApprovalReminder,
  ApprovalDecided,
  BatchCompleted,
  BatchProgressed,
]);
export type OutboxEvent = z.infer<typeof OutboxEvent>;
export type BatchEvent = Extract<OutboxEvent, { batchId: string }>;
export type RunOutboxEvent = Exclude<OutboxEvent, BatchEvent>;

export const isOfBatch = (event: OutboxEvent): event is BatchEvent => 'batchId' in event;

/** When it happened, in epoch milliseconds. */
export const timeOf = (event: OutboxEvent): number =>
  event.type === 'Approval Requested' ? event.requestedAt : event.at;
