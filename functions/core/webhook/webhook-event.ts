import * as z from 'zod';
import type { OutboxEvent } from '../outbox/outbox-event.ts';
import type { RunStatus } from '../run/run.ts';

/** What a receiver may be told of, in the words in which it chooses. */
export const WebhookEventType = z.enum([
  'run.completed',
  'run.failed',
  'run.cancelled',
  'run.timed_out',
  'run.paused',
  'approval.requested',
  'approval.reminder',
  'approval.decided',
]);
export type WebhookEventType = z.infer<typeof WebhookEventType>;

const typeOfStatus: Readonly<Partial<Record<RunStatus, WebhookEventType>>> = {
  COMPLETED: 'run.completed',
  FAILED: 'run.failed',
  CANCELLED: 'run.cancelled',
  PAUSED: 'run.paused',
};

/** @returns `undefined` for what no receiver is told */
export function webhookEventType(event: OutboxEvent): WebhookEventType | undefined {
  switch (event.type) {
    case 'Agent Run Status Changed':
      return event.errorCode === 'timeout' ? 'run.timed_out' : typeOfStatus[event.status];
    case 'Approval Requested':
      return 'approval.requested';
    case 'Approval Reminder':
      return 'approval.reminder';
    case 'Approval Decided':
      return 'approval.decided';
    case 'Agent Run Batch Completed':
    case 'Batch Progressed':
      return undefined;
  }
}

/** A run's own webhook is told how the run goes on; its approvals are part of that. */
export const isOfRun = (type: WebhookEventType) => type.startsWith('run.');

/** Whether a receiver may have to be told. A `false` is never wrong. */
export function mayBeDelivered(
  settings: { hasListeners(orgId: string): boolean },
  webhook: object | undefined,
  event: OutboxEvent,
): boolean {
  // Asked of every event: whoever has to look first has looked when it matters.
  const isHeard = settings.hasListeners(event.orgId);
  const type = webhookEventType(event);
  return type !== undefined && (isHeard || (webhook !== undefined && isOfRun(type)));
}
