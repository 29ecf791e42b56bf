/**
 * Lets the store operations of several workers through one at a time, in an order that a random
 * number chooses: every interleaving that separate processes could show.
 */
export class Turnstile {
  readonly #random: () => number;
  #waiting: (() => void)[] = [];

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Resolves when it is this caller's turn. */
  pass(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    return promise;
  }

  /** Lets callers through until the work is done. */
  async run(work: Promise<unknown>): Promise<void> {
    let done = false;
    const finished = work.finally(() => {
      done = true;
    });
    // Whoever awaits it below sees the failure; until then it is nobody's.
    finished.catch(() => undefined);
    for (let idle = 0; !done; ) {
      await macrotask();
      const [next] = this.#waiting.splice(Math.floor(this.#random() * this.#waiting.length), 1);
      if (next) next();
      idle = next ? 0 : idle + 1;
      if (idle > mostIdleTurns) throw new Error('Nobody goes on');
    }
    await finished;
  }
}

const mostIdleTurns = 10_000;

const macrotask = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A small generator of random numbers from a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
