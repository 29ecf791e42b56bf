import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '#core/run/deps.ts';

/** What a service says, or its client, that could not be reached or did not answer. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

interface Options {
  /** From 0 to 1; the same numbers make the same faults. */
  readonly random: () => number;
  readonly clock: Pick<Clock, 'sleep'>;
  /** What comes late comes at most so much later. */
  readonly latestMs: number;
  /** Whether things get lost and calls fail, beside being late, doubled and out of order. */
  readonly losses: boolean;
}

/** Where and when something goes wrong, as chance has it, from when it is begun until it is stopped. */
export class Faults {
  readonly #options: Options;
  #active = false;

  constructor(options: Options) {
    this.#options = options;
  }

  begin(): void {
    this.#active = true;
  }

  /** From now on everything works. What is late already comes late. */
  stop(): void {
    this.#active = false;
  }

  chance(probability: number): boolean {
    return this.#active && this.#options.random() < probability;
  }

  choose<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.#options.random() * from.length)];
  }

  /** As `chance`, of what needs somebody who tries again. */
  loses(probability: number): boolean {
    return this.#options.losses && this.chance(probability);
  }

  /** Calls that are made at once come back in any order, and none at once. */
  async latency(): Promise<void> {
    const turns = this.#active ? 1 + Math.floor(this.#options.random() * mostTurns) : 1;
    for (let i = 0; i < turns; i += 1) await turn();
  }

  /** Does it some time later, unless that fails; nobody waits for it. */
  later(work: () => Promise<unknown>): void {
    const { clock, random, latestMs } = this.#options;
    const late = clock.sleep(random() * latestMs).then(work);
    late.catch(() => undefined);
  }

  /** A call over a network. @throws Unavailable, whether it was made or not */
  async call<T>(work: () => Promise<T>, odds: Odds): Promise<T> {
    await this.latency();
    if (this.loses(odds.unreached ?? 0)) throw new Unavailable('It was not reached');
    const answer = await work();
    await this.latency();
    if (this.loses(odds.unanswered ?? 0)) throw new Unavailable('It did not answer');
    return answer;
  }
}

/** Probabilities. */
export interface Odds {
  /** The call is not made. @default 0 */
  readonly unreached?: number;
  /** It is made, and its caller does not learn of it. @default 0 */
  readonly unanswered?: number;
}

const mostTurns = 3;
