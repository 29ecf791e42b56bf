import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { RunBus, RunStatusChanged } from '#core/outbox/run-bus.ts';

interface Options {
  readonly client: EventBridgeClient;
  readonly busName: string;
}

const entriesPerRequest = 10;

/** Puts `Agent Run Status Changed` on an event bus. */
export class EventBridgeRunBus implements RunBus {
  readonly #client: EventBridgeClient;
  readonly #busName: string;

  constructor({ client, busName }: Options) {
    this.#client = client;
    this.#busName = busName;
  }

  async publish(changes: readonly RunStatusChanged[]): Promise<readonly RunStatusChanged[]> {
    const left: RunStatusChanged[] = [];
    for (let i = 0; i < changes.length; i += entriesPerRequest)
      left.push(...(await this.#put(changes.slice(i, i + entriesPerRequest))));
    return left;
  }

  async #put(changes: readonly RunStatusChanged[]): Promise<RunStatusChanged[]> {
    const { Entries: entries = [] } = await this.#client.send(
      new PutEventsCommand({
        Entries: changes.map((change) => ({
          EventBusName: this.#busName,
          Source: 'longrun',
          DetailType: 'Agent Run Status Changed',
          Time: new Date(change.at),
          Detail: JSON.stringify({ ...change, at: new Date(change.at).toISOString() }),
        })),
      }),
    );
    return changes.filter((_, i) => entries[i]?.EventId === undefined);
  }
}
