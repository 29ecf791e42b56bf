import { type RunQueue, type RunRing, ringGroup } from '#core/run/run-queue.ts';
import type { RunKey } from '#core/store/keys.ts';
import { FairLine } from './fair-line.ts';

/**
 * Each waits for the disk once a message, and then its run wants the processor. More consumers would
 * start no more runs, but keep those waiting who submit.
 */
const consumers = 4;
/** While a burst comes in, to be accepted is what its senders wait for; the rest can follow. */
const consumersInBurst = 1;
/** So many waiting, and the newest that young, is a burst. */
const burst = { messages: 64, quietMs: 10 };
const retryAfterMs = 1000;
const maxReceives = 5;

interface Message {
  readonly run: RunRing;
  readonly receives: number;
}

/**
 * The queue of the embedded runtime. It lives in memory: a message says no more than that a queued
 * run is there, and the store knows that; what is lost with the process is rung again at the start.
 * It is as fair as SQS is: groups of messages take turns.
 */
export class InMemoryRunQueue implements RunQueue {
  readonly #log: (message: string, fields: Record<string, unknown>) => void;
  #consume: ((run: RunKey) => Promise<void>) | undefined;
  readonly #messages = new FairLine<Message>();
  #sentAt = 0;
  readonly #inHand = new Set<Promise<void>>();
  #open = true;

  constructor(log: (message: string, fields: Record<string, unknown>) => void) {
    this.#log = log;
  }

  /** Begins to hand messages to `consume`, several at a time. */
  start(consume: (run: RunKey) => Promise<void>): void {
    this.#consume = consume;
    this.#wake();
  }

  async send(messages: readonly RunRing[]): Promise<void> {
    for (const run of messages) this.#push({ run, receives: 0 });
    this.#sentAt = performance.now();
    this.#wake();
  }

  /** Takes nothing more, and resolves when nothing is in hand. */
  async close(): Promise<void> {
    this.#open = false;
    await Promise.allSettled(this.#inHand);
  }

  #wake(): void {
    while (this.#open && this.#consume && this.#inHand.size < this.#consumers()) {
      const message = this.#messages.shift();
      if (message === undefined) return;
      const received = this.#receive(message, this.#consume).finally(() => {
        this.#inHand.delete(received);
        this.#wake();
      });
      this.#inHand.add(received);
    }
  }

  #consumers(): number {
    const waiting = this.#messages.length;
    const comesIn = performance.now() - this.#sentAt < burst.quietMs;
    return waiting > burst.messages && comesIn ? consumersInBurst : consumers;
  }

  async #receive(message: Message, consume: (run: RunKey) => Promise<void>): Promise<void> {
    try {
      const { orgId, runId } = message.run;
      await consume({ orgId, runId });
    } catch (error) {
      const { orgId, runId } = message.run;
      this.#log('message not consumed', { orgId, runId, error: `${error}` });
      if (message.receives + 1 < maxReceives) this.#again(message);
    }
  }

  #again(message: Message): void {
    setTimeout(() => {
      this.#push({ ...message, receives: message.receives + 1 });
      this.#wake();
    }, retryAfterMs).unref();
  }

  #push(message: Message): void {
    this.#messages.push(ringGroup(message.run), message);
  }
}
