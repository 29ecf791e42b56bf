import type { LifecycleTask } from '#core/lifecycle.ts';
import type { LifecycleTasks, TaskInput } from '#core/lifecycle-tasks.ts';
import type { Process } from './process.ts';

const everyTask = [
  'segment',
  'register-pause',
  'expire-pause',
  'finalize',
] as const satisfies LifecycleTask[];

interface Duty {
  readonly process: Promise<Process>;
  readonly assign: (process: Process) => void;
}

/** Who does which task of the workflow; a task that is nobody's waits until it is somebody's. */
export class TaskDuty {
  readonly #deathNoticed: Promise<void>;
  readonly #duties = new Map<LifecycleTask, Duty>();

  /** @param deathNoticed when the workflow learns that a task hangs because its process is dead */
  constructor(deathNoticed: Promise<void>) {
    this.#deathNoticed = deathNoticed;
  }

  readonly tasks: LifecycleTasks = {
    segment: (input) => this.#do('segment', input),
    'register-pause': (input) => this.#do('register-pause', input),
    'expire-pause': (input) => this.#do('expire-pause', input),
    finalize: (input) => this.#do('finalize', input),
  };

  assign(process: Process, tasks: readonly LifecycleTask[] = everyTask): void {
    for (const task of tasks) {
      this.#duties.get(task)?.assign(process);
      this.#duties.set(task, { process: Promise.resolve(process), assign: () => undefined });
    }
  }

  hold(tasks: readonly LifecycleTask[] = everyTask): void {
    for (const task of tasks) {
      const { promise, resolve } = Promise.withResolvers<Process>();
      // Who waits already goes on waiting.
      const before = this.#duties.get(task);
      const assign = (process: Process) => {
        before?.assign(process);
        resolve(process);
      };
      this.#duties.set(task, { process: promise, assign });
    }
  }

  async #do(task: LifecycleTask, input: TaskInput) {
    const process = await this.#duties.get(task)?.process;
    if (process === undefined) throw new Error(`Nobody does ${task}`);
    return Promise.race([process.tasks[task](input), this.#deathOf(process)]);
  }

  async #deathOf(process: Process): Promise<never> {
    await process.life.death;
    await this.#deathNoticed;
    throw new Error('The worker is gone');
  }
}
