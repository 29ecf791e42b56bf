/** Counts what is under way, so that a test knows when nothing happens any more. */
export class Activity {
  #underWay = 0;
  #begun = 0;

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay += 1;
    this.#begun += 1;
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
    }
  }

  /** Resolves when nothing has been under way, and nothing begun, for a while. */
  async quiet(): Promise<void> {
    let seen = this.#begun;
    for (let idle = 0; idle < idleTurns; idle += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#underWay > 0 || this.#begun !== seen) idle = 0;
      seen = this.#begun;
    }
  }
}

/** Turns of the event loop; whoever needs more between two calls of ports waits for something else. */
const idleTurns = 10;

const immediate = new Set<string | symbol>(['consoleUrl']);

/** A port whose calls count as activity. */
export const counted = <Port extends object>(activity: Activity, port: Port): Port =>
  new Proxy(port, {
    get: (target, method) => {
      const member: unknown = Reflect.get(target, method);
      if (typeof member !== 'function' || immediate.has(method)) return member;
      return (...args: unknown[]) =>
        activity.during(async (): Promise<unknown> => Reflect.apply(member, target, args));
    },
  });
