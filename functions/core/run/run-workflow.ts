import type { RunKey } from '../store/keys.ts';

/** Input of an execution of the lifecycle; the same for every attempt to start it. */
export interface RunExecution extends RunKey {
  readonly epoch: number;
}

export const executionName = ({ runId, epoch }: RunExecution) => `${runId}-${epoch}`;

/** Runs the lifecycle table: Step Functions, or the embedded runner. */
export interface RunWorkflow {
  /** Starts an execution; one of that name that exists already counts as started. */
  start(execution: RunExecution): Promise<void>;

  /**
   * Ends the wait behind the token.
   * @param told what an operator reads about it in the execution; nothing depends on it
   * @returns whether anything was still waiting there
   */
  resume(taskToken: string, told: Readonly<Record<string, string>>): Promise<boolean>;

  /** Fails the wait behind the token; nothing happens if nothing waits there. */
  failWait(taskToken: string, cause: string): Promise<void>;

  /** Stops an execution; nothing happens if it has ended. */
  stop(execution: RunExecution, cause: string): Promise<void>;

  /** How the execution stands; `unknown` where the workflow has never heard of it, or forgotten it. */
  outcome(execution: RunExecution): Promise<ExecutionOutcome>;

  /** Where an operator looks at the execution. */
  consoleUrl(execution: RunExecution): string | undefined;
}

export type ExecutionOutcome = 'open' | ExecutionEnd | 'unknown';

/** `aborted`: somebody stopped it. `timed_out`: the workflow did. */
export type ExecutionEnd = 'succeeded' | 'failed' | 'aborted' | 'timed_out';
