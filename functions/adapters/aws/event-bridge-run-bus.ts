import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { type OutboxEvent, timeOf } from '#core/outbox/outbox-event.ts';
import type { RunBus } from '#core/outbox/run-bus.ts';

interface Options {
  readonly client: EventBridgeClient;
  readonly busName: string;
}

const entriesPerRequest = 10;

/** Puts events on an event bus, each under its type. */
export class EventBridgeRunBus implements RunBus {
  readonly #client: EventBridgeClient;
  readonly #busName: string;

  constructor({ client, busName }: Options) {
    this.#client = client;
    this.#busName = busName;
  }

  async publish(events: readonly OutboxEvent[]): Promise<readonly OutboxEvent[]> {
    const left: OutboxEvent[] = [];
    for (let i = 0; i < events.length; i += entriesPerRequest)
      left.push(...(await this.#put(events.slice(i, i + entriesPerRequest))));
    return left;
  }

  async #put(events: readonly OutboxEvent[]): Promise<OutboxEvent[]> {
    const { Entries: entries = [] } = await this.#client.send(
      new PutEventsCommand({
        Entries: events.map((event) => ({
          EventBusName: this.#busName,
          Source: 'longrun',
          DetailType: event.type,
          Time: new Date(timeOf(event)),
          Detail: toDetail(event),
        })),
      }),
    );
    return events.filter((_, i) => entries[i]?.EventId === undefined);
  }
}

/** Times are in ISO 8601 outside, whatever the event. */
const toDetail = ({ type: _, ...detail }: OutboxEvent) =>
  JSON.stringify(detail, (name, value: unknown) =>
    typeof value === 'number' && /^at$|At$/.test(name) ? new Date(value).toISOString() : value,
  );
