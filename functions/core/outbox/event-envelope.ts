import { type OutboxEvent, timeOf } from './outbox-event.ts';

/** An event as the world sees it: as a rule of EventBridge does. */
export interface EventEnvelope {
  readonly source: 'longrun';
  readonly 'detail-type': OutboxEvent['type'];
  /** ISO 8601. */
  readonly time: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Fields that are epoch milliseconds inside, and ISO 8601 outside. */
export const isTimeField = (name: string) => /^at$|At$/.test(name);

export function toEnvelope(event: OutboxEvent): EventEnvelope {
  const { type, ...detail } = event;
  const shown = Object.entries(detail).map(([name, value]) =>
    isTimeField(name) && typeof value === 'number'
      ? [name, new Date(value).toISOString()]
      : [name, value],
  );
  return {
    source: 'longrun',
    'detail-type': type,
    time: new Date(timeOf(event)).toISOString(),
    detail: Object.fromEntries(shown),
  };
}
