import { randomUUID } from 'node:crypto';
import {
  type LifecycleState,
  type LifecycleStateName,
  type LifecycleTask,
  lifecycle,
  type TaskRetry,
} from '#core/lifecycle.ts';
import { type LifecycleTasks, TaskOutcome } from '#core/lifecycle-tasks.ts';
import type { Clock } from '#core/run/deps.ts';
import {
  type ExecutionOutcome,
  executionName,
  type RunExecution,
  type RunWorkflow,
} from '#core/run/run-workflow.ts';
import { type Execution, executionSchema, toExecution } from './execution.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

/** What a state hands to the next; Step Functions carries at most this much. */
const largestStateBytes = 256 * 1024;

interface Options {
  readonly database: SqliteDatabase;
  readonly clock: Clock;
  log(level: 'info' | 'error', message: string, fields: Record<string, unknown>): void;
}

/** Walks the lifecycle table in this process; where each execution stands is in SQLite. */
export class SqliteRunWorkflow implements RunWorkflow {
  readonly #options: Options;
  readonly #executions = new Map<string, Execution>();
  readonly #byToken = new Map<string, Execution>();
  readonly #walks = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  readonly #save;
  readonly #remove;
  #tasks: LifecycleTasks | undefined;

  constructor(options: Options) {
    this.#options = options;
    options.database.exec(executionSchema);
    this.#save = options.database.prepare(
      `INSERT OR REPLACE INTO execution
       (name, input, state, handed, task_token, waits_until) VALUES (?, ?, ?, ?, ?, ?)`,
    );
    this.#remove = options.database.prepare('DELETE FROM execution WHERE name = ?');
  }

  /** Takes up the executions that an earlier process left. A wait is entered anew. */
  open(tasks: LifecycleTasks): void {
    this.#tasks = tasks;
    const rows = this.#options.database.prepare('SELECT * FROM execution').all();
    for (const row of rows) {
      const execution = toExecution(row);
      this.#executions.set(executionName(execution.input), execution);
      this.#walk(execution);
    }
  }

  async start(input: RunExecution): Promise<void> {
    const name = executionName(input);
    if (this.#executions.has(name)) return;
    const { orgId, runId, epoch } = input;
    const execution: Execution = {
      input: { orgId, runId, epoch },
      state: lifecycle.startAt,
      handed: {},
      taskToken: null,
      waitsUntil: null,
      stopped: false,
    };
    this.#executions.set(name, execution);
    this.#write(execution);
    this.#walk(execution);
  }

  async resume(taskToken: string, told: Readonly<Record<string, string>>): Promise<boolean> {
    return this.#endWait(taskToken, (state) => state.next, { ...told });
  }

  async failWait(taskToken: string, cause: string): Promise<void> {
    this.#endWait(taskToken, (state) => state.onError, { cause });
  }

  async stop(input: RunExecution): Promise<void> {
    const execution = this.#executions.get(executionName(input));
    if (execution) this.#end(execution);
  }

  /** What has ended is not kept. */
  async outcome(input: RunExecution): Promise<ExecutionOutcome> {
    return this.#executions.has(executionName(input)) ? 'open' : 'unknown';
  }

  /** There is none: the service's own page shows its runs. */
  consoleUrl(): undefined {
    return undefined;
  }

  /** Ends the waits whose time is over. */
  expireWaits(): void {
    const now = this.#options.clock.now();
    for (const [token, { waitsUntil }] of this.#byToken)
      if (waitsUntil !== null && waitsUntil <= now)
        this.#endWait(token, (state) => state.onTimeout, {});
  }

  /** Starts nothing more and waits for the tasks in hand. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#walks);
  }

  #walk(execution: Execution): void {
    const walk = this.#steps(execution)
      .catch((error: unknown) =>
        this.#options.log('error', 'execution stands still', {
          ...execution.input,
          error: `${error}`,
        }),
      )
      .finally(() => this.#walks.delete(walk));
    this.#walks.add(walk);
  }

  async #steps(execution: Execution): Promise<void> {
    while (!execution.stopped && !this.#closing.signal.aborted) {
      const state: LifecycleState = lifecycle.states[execution.state];
      if (state.kind === 'wait-for-token') return this.#enterWait(execution, state);
      if (state.kind !== 'task') return this.#end(execution);
      const outcome = await this.#attempt(execution, state);
      // A host that stops leaves the execution where it is: the next process takes the state again.
      if (outcome === undefined) return;
      this.#follow(execution, state, outcome);
    }
  }

  #follow(execution: Execution, state: TaskState, { next, ...handed }: TaskOutcome): void {
    const following = next === onError ? state.onError : state.next[next];
    if (following === undefined) throw new Error(`${execution.state} has no outcome ${next}`);
    this.#enter(execution, following, handed);
  }

  /** @returns `undefined` when the host stops or the execution was stopped */
  async #attempt(execution: Execution, state: TaskState): Promise<TaskOutcome | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const outcome = TaskOutcome.parse(await this.#run(state.task, execution));
        return this.#closing.signal.aborted && outcome.next === 'CONTINUE' ? undefined : outcome;
      } catch (error) {
        const cause = this.#logFailure(execution, attempt, error);
        if (attempt > state.retry.maxAttempts) return { next: onError, cause };
      }
      await this.#options.clock.sleep(delayMs(state.retry, attempt), this.#closing.signal);
      if (execution.stopped || this.#closing.signal.aborted) return undefined;
    }
  }

  async #enterWait(execution: Execution, state: WaitState, attempt = 1): Promise<void> {
    const taskToken = randomUUID();
    execution.taskToken = taskToken;
    execution.waitsUntil ??= this.#options.clock.now() + state.timeoutSeconds * 1000;
    this.#byToken.set(taskToken, execution);
    this.#write(execution);
    try {
      await this.#run(state.task, execution, taskToken);
    } catch (error) {
      const cause = this.#logFailure(execution, attempt, error);
      const last = attempt > state.retry.maxAttempts;
      if (last) this.#endWait(taskToken, ({ onError }) => onError, { cause });
      else await this.#enterWaitAgain(execution, state, attempt, taskToken);
    }
  }

  /** Unless the wait has ended meanwhile. */
  async #enterWaitAgain(
    execution: Execution,
    state: WaitState,
    attempt: number,
    taskToken: string,
  ): Promise<void> {
    await this.#options.clock.sleep(delayMs(state.retry, attempt), this.#closing.signal);
    if (this.#closing.signal.aborted || !this.#byToken.delete(taskToken)) return;
    await this.#enterWait(execution, state, attempt + 1);
  }

  #logFailure(execution: Execution, attempt: number, error: unknown): string {
    const { name, message } = toError(error);
    this.#options.log('info', `${execution.state} failed`, {
      ...execution.input,
      attempt,
      error: `${name}: ${message}`,
    });
    return causeOf(name, message);
  }

  async #run(task: LifecycleTask, execution: Execution, taskToken?: string) {
    if (this.#tasks === undefined) throw new Error('The workflow is not open');
    const { input, handed } = execution;
    return this.#tasks[task]({ ...input, handed, ...(taskToken ? { taskToken } : {}) });
  }

  #endWait(
    taskToken: string,
    following: (state: WaitState) => LifecycleStateName,
    handed: Record<string, unknown>,
  ): boolean {
    const execution = this.#byToken.get(taskToken);
    if (execution === undefined) return false;
    const state: LifecycleState = lifecycle.states[execution.state];
    if (state.kind !== 'wait-for-token') return false;
    this.#enter(execution, following(state), handed);
    this.#walk(execution);
    return true;
  }

  #enter(execution: Execution, state: LifecycleStateName, handed: Record<string, unknown>): void {
    if (execution.taskToken) this.#byToken.delete(execution.taskToken);
    execution.state = state;
    execution.handed = handed;
    execution.taskToken = null;
    execution.waitsUntil = null;
    const { kind } = lifecycle.states[state];
    // What ends is deleted at once; writing it first would be for nothing.
    if (kind !== 'succeed' && kind !== 'fail' && !execution.stopped) this.#write(execution);
  }

  #end(execution: Execution): void {
    const name = executionName(execution.input);
    execution.stopped = true;
    if (execution.taskToken) this.#byToken.delete(execution.taskToken);
    this.#executions.delete(name);
    this.#persist(() => this.#remove.run(name));
  }

  #write({ input, state, handed, taskToken, waitsUntil }: Execution): void {
    const json = JSON.stringify(handed);
    if (Buffer.byteLength(json) > largestStateBytes)
      throw new Error(`${state} is handed more than ${largestStateBytes} bytes`);
    this.#persist(() =>
      this.#save.run(
        executionName(input),
        JSON.stringify(input),
        state,
        json,
        taskToken,
        waitsUntil,
      ),
    );
  }

  /**
   * Nobody waits for the disk here: commits keep their order, so whatever a later write stands on is
   * there with it, and what is lost in a crash the sweeper starts again.
   */
  #persist(write: () => void): void {
    const failed = (error: unknown) =>
      this.#options.log('error', 'not written', { error: `${error}` });
    try {
      this.#options.database.write().catch(failed);
      write();
    } catch (error) {
      failed(error);
    }
  }
}

type TaskState = Extract<LifecycleState, { kind: 'task' }>;
type WaitState = Extract<LifecycleState, { kind: 'wait-for-token' }>;

const onError = 'onError';

const delayMs = (retry: TaskRetry, attempt: number) =>
  1000 *
  Math.min(retry.maxDelaySeconds, retry.intervalSeconds * retry.backoffRate ** (attempt - 1));

/** Short enough to be handed on, whatever a task throws. */
const causeOf = (name: string, message: string) =>
  `${name}: ${message}`.slice(0, longestCauseCharacters);
const longestCauseCharacters = 1000;

const toError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));
