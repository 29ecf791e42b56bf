import type { RunQueue } from '#core/run/run-queue.ts';
import type { RunKey } from '#core/store/keys.ts';

const consumers = 32;
/**
 * A turn of the event loop serves every request that has come, but takes only so many messages: a
 * burst of submissions is accepted first and worked off after.
 */
const messagesPerTurn = 2;
const retryAfterMs = 1000;
const maxReceives = 5;

interface Message {
  readonly run: RunKey;
  readonly receives: number;
}

/**
 * The queue of the embedded runtime. It lives in memory: a message says no more than that a queued
 * run is there, and the store knows that; what is lost with the process is rung again at the start.
 */
export class InMemoryRunQueue implements RunQueue {
  readonly #log: (message: string, fields: Record<string, unknown>) => void;
  #consume: ((run: RunKey) => Promise<void>) | undefined;
  #messages: Message[] = [];
  #next = 0;
  #busy = 0;
  #open = true;
  #pumping = false;

  constructor(log: (message: string, fields: Record<string, unknown>) => void) {
    this.#log = log;
  }

  /** Begins to hand messages to `consume`, several at a time. */
  start(consume: (run: RunKey) => Promise<void>): void {
    this.#consume = consume;
    this.#pump();
  }

  async send(messages: readonly RunKey[]): Promise<void> {
    for (const run of messages) this.#messages.push({ run, receives: 0 });
    this.#pump();
  }

  /** Takes nothing more; what is in hand goes on. */
  close(): void {
    this.#open = false;
  }

  #pump(): void {
    if (this.#pumping) return;
    for (let taken = 0; taken < messagesPerTurn; taken += 1) {
      if (!this.#open || !this.#consume || this.#busy >= consumers) return;
      const message = this.#shift();
      if (message === undefined) return;
      this.#busy += 1;
      void this.#receive(message, this.#consume);
    }
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      this.#pump();
    });
  }

  async #receive(message: Message, consume: (run: RunKey) => Promise<void>): Promise<void> {
    try {
      await consume(message.run);
    } catch (error) {
      this.#log('message not consumed', { ...message.run, error: `${error}` });
      const again = { ...message, receives: message.receives + 1 };
      if (again.receives < maxReceives)
        setTimeout(() => {
          this.#messages.push(again);
          this.#pump();
        }, retryAfterMs).unref();
    } finally {
      this.#busy -= 1;
      this.#pump();
    }
  }

  /** Array.shift of a long array moves all of it. */
  #shift(): Message | undefined {
    const message = this.#messages[this.#next];
    if (message === undefined) return undefined;
    this.#next += 1;
    if (this.#next > 1024 && this.#next * 2 > this.#messages.length) {
      this.#messages = this.#messages.slice(this.#next);
      this.#next = 0;
    }
    return message;
  }
}
