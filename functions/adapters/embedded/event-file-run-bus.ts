import { appendFile } from 'node:fs/promises';
import { toEnvelope } from '#core/outbox/event-envelope.ts';
import type { OutboxEvent } from '#core/outbox/outbox-event.ts';
import type { RunBus } from '#core/outbox/run-bus.ts';

/** Appends events to a file, a line of JSON each, as a bus would show them. */
export class EventFileRunBus implements RunBus {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async publish(events: readonly OutboxEvent[]): Promise<readonly OutboxEvent[]> {
    const lines = events.map((event) => `${JSON.stringify(toEnvelope(event))}\n`);
    // Links in it decide approvals: the file is nobody else's.
    await appendFile(this.#path, lines.join(''), { mode: 0o600 });
    return [];
  }
}
