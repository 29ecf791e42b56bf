import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { toEnvelope } from '#core/outbox/event-envelope.ts';
import type { OutboxEvent } from '#core/outbox/outbox-event.ts';
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
        Entries: events.map((event) => {
          const { source, time, detail, ...envelope } = toEnvelope(event);
          return {
            EventBusName: this.#busName,
            Source: source,
            DetailType: envelope['detail-type'],
            Time: new Date(time),
            Detail: JSON.stringify(detail),
          };
        }),
      }),
    );
    return events.filter((_, i) => entries[i]?.EventId === undefined);
  }
}
