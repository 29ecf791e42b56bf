import { randomUUID } from 'node:crypto';
import { expect, vi } from 'vitest';
import type { LifecycleTask } from '#core/lifecycle.ts';
import type { LifecycleTasks, TaskInput } from '#core/lifecycle-tasks.ts';
import type { RunExecution } from '#core/run/run-workflow.ts';

type Outcome = Awaited<ReturnType<LifecycleTasks[LifecycleTask]>>;
type Script = (input: TaskInput, call: number) => Outcome | Promise<Outcome>;

export interface TaskCall {
  readonly task: LifecycleTask;
  readonly input: TaskInput;
}

/** The lifecycle's tasks, which do as they are told and remember how they were called. */
export class TasksOfARun {
  readonly calls: TaskCall[] = [];
  readonly tasks: LifecycleTasks;

  /** @param scripts by default a segment is DONE, an expired pause ENDED and a final run FAILED */
  constructor(scripts: Partial<Record<LifecycleTask, Script>> = {}) {
    const task = (name: LifecycleTask, otherwise: Outcome) => async (input: TaskInput) => {
      const call = this.calls.push({ task: name, input });
      const script = scripts[name];
      return script ? script(input, call) : otherwise;
    };
    this.tasks = {
      segment: task('segment', { next: 'DONE' }),
      'register-pause': task('register-pause', undefined),
      'expire-pause': task('expire-pause', { next: 'ENDED' }),
      finalize: task('finalize', { next: 'FAILED' }),
    };
  }

  get names(): LifecycleTask[] {
    return this.calls.map(({ task }) => task);
  }

  /** Of the newest wait. */
  get token(): string {
    return this.calls.findLast(({ input }) => input.taskToken)?.input.taskToken ?? '';
  }

  /** What the last task was handed by the state before it. */
  get handed(): TaskInput['handed'] | undefined {
    return this.calls.at(-1)?.input.handed;
  }

  /** Waits until these tasks have been called, and as good as sees that no others are. */
  async were(...expected: LifecycleTask[]): Promise<void> {
    await vi.waitFor(() => expect(this.names).toEqual(expected), { interval: 2, timeout: 5000 });
    for (let i = 0; i < 5; i += 1) await new Promise(setImmediate);
    expect(this.names).toEqual(expected);
  }
}

export const anExecution = (overrides: Partial<RunExecution> = {}): RunExecution => ({
  orgId: 'acme',
  runId: randomUUID(),
  epoch: 1,
  ...overrides,
});
