import type { Clock } from '#core/run/deps.ts';
import type { DeliveryQueue, DeliveryRing } from '#core/webhook/delivery-queue.ts';

/** At the same time. */
const attemptsPerLane = 2;

interface Options {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly log: (message: string, fields: Record<string, unknown>) => void;
}

interface Lane {
  readonly waiting: DeliveryRing[];
  inHand: number;
}

type Deliver = (ring: DeliveryRing, signal: AbortSignal) => Promise<void>;

/**
 * The queue of webhook deliveries on the embedded runtime: a lane for each receiver, so that one that
 * is dead delays nobody else. It lives in memory; what is lost with the process the sweeper finds.
 */
export class InMemoryDeliveryQueue implements DeliveryQueue {
  readonly #options: Options;
  readonly #lanes = new Map<string, Lane>();
  /** Rung for and not taken up yet: the sweeper rings again while a lane is long. */
  readonly #rung = new Set<string>();
  readonly #inHand = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  #deliver: Deliver | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  start(deliver: Deliver): void {
    this.#deliver = deliver;
    for (const [name, lane] of this.#lanes) this.#wake(name, lane);
  }

  async send(rings: readonly DeliveryRing[]): Promise<void> {
    for (const ring of rings)
      if (ring.delayMs > 0) void this.#later(ring);
      else this.#add(ring);
  }

  /** Takes nothing more, and resolves when nothing is in hand. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#inHand);
  }

  async #later(ring: DeliveryRing): Promise<void> {
    await this.#options.clock.sleep(ring.delayMs, this.#closing.signal);
    this.#add(ring);
  }

  #add(ring: DeliveryRing): void {
    const name = nameOf(ring);
    if (this.#closing.signal.aborted || this.#rung.has(name)) return;
    this.#rung.add(name);
    const lane = this.#lanes.get(ring.lane) ?? { waiting: [], inHand: 0 };
    this.#lanes.set(ring.lane, lane);
    lane.waiting.push(ring);
    this.#wake(ring.lane, lane);
  }

  #wake(name: string, lane: Lane): void {
    const deliver = this.#deliver;
    if (deliver === undefined || this.#closing.signal.aborted) return;
    while (lane.inHand < attemptsPerLane) {
      const ring = lane.waiting.shift();
      if (ring === undefined) break;
      this.#rung.delete(nameOf(ring));
      lane.inHand += 1;
      const attempt = this.#attempt(deliver, ring).finally(() => {
        this.#inHand.delete(attempt);
        lane.inHand -= 1;
        this.#wake(name, lane);
      });
      this.#inHand.add(attempt);
    }
    if (lane.inHand === 0) this.#lanes.delete(name);
  }

  async #attempt(deliver: Deliver, ring: DeliveryRing): Promise<void> {
    try {
      await deliver(ring, this.#closing.signal);
    } catch (error) {
      const { runId, receiver } = ring;
      this.#options.log('webhook attempt failed', { runId, receiver, error: `${error}` });
    }
  }
}

const nameOf = ({ orgId, runId, seq, receiver }: DeliveryRing) =>
  `${orgId} ${runId} ${seq} ${receiver}`;
