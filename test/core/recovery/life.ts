import type { Activity } from '../../builders/activity.ts';

/** What a process lives through: after its death nothing that it began comes back to it. */
export class Life {
  /** What it changed in the world since it was doomed, one entry a call. */
  readonly changes: string[] = [];
  readonly death: Promise<void>;
  /** What it was about to do when it died. */
  lastWish: string | undefined;
  readonly #die: () => void;
  readonly #activity: Activity;
  #changesLeft: number | undefined;
  #refused: string | undefined;
  #dead = false;

  constructor(activity: Activity) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.death = promise;
    this.#die = resolve;
    this.#activity = activity;
  }

  get isDoomed(): boolean {
    return this.#changesLeft !== undefined;
  }

  /** From now on it changes the world this many times and dies before it does so once more. */
  dieAfter(changes: number): void {
    this.#changesLeft = changes;
  }

  /** The next change of this name is refused by whatever is out there. */
  refuse(name: string): void {
    this.#refused = name;
  }

  /** What comes back to it only while it lives. */
  async await<T>(work: () => Promise<T>): Promise<T> {
    if (this.#dead) return never();
    try {
      const result = await work();
      if (!this.#dead) return result;
    } catch (error) {
      if (!this.#dead) throw error;
    }
    return never();
  }

  /** A call that changes nothing. */
  ask<T>(question: () => Promise<T>): Promise<T> {
    return this.await(() => this.#activity.during(question));
  }

  /** A call after which the world is another one. */
  async change<T>(name: string, call: () => Promise<T>): Promise<T> {
    if (this.#refused === name) {
      this.#refused = undefined;
      throw new Error('unavailable');
    }
    if (this.#changesLeft === 0) this.end(name);
    else if (this.#changesLeft !== undefined && !this.#dead) {
      this.#changesLeft -= 1;
      this.changes.push(name);
    }
    return this.ask(call);
  }

  end(lastWish?: string): void {
    this.lastWish ??= lastWish;
    this.#dead = true;
    this.#die();
  }
}

const never = <T>() => new Promise<T>(() => undefined);
