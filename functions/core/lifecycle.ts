/*
 * The life of a run between its dispatch and its end, written once: CDK renders this table to the
 * Step Functions state machine and the embedded runner walks it. A task's outcome is a value,
 * `next`, never the name of an error.
 */

export type LifecycleTask = 'segment' | 'register-pause' | 'expire-pause' | 'finalize';

export type LifecycleStateName =
  | 'RunSegment'
  | 'PausedAwaitingDecision'
  | 'ExpirePause'
  | 'Finalize'
  | 'RunEnded'
  | 'RunFailed';

export interface TaskRetry {
  readonly maxAttempts: number;
  readonly intervalSeconds: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds: number;
}

interface Task {
  readonly kind: 'task';
  readonly task: LifecycleTask;
  readonly timeoutSeconds: number;
  readonly retry: TaskRetry;
  /** The state that follows each outcome. */
  readonly next: Readonly<Record<string, LifecycleStateName>>;
  /** What follows when every retry has failed. */
  readonly onError: LifecycleStateName;
}

interface Wait {
  readonly kind: 'wait-for-token';
  /** Gets the task token; the state ends when somebody sends it back. */
  readonly task: LifecycleTask;
  readonly timeoutSeconds: number;
  /** When the task fails; the wait is entered again, with a new token. */
  readonly retry: TaskRetry;
  readonly next: LifecycleStateName;
  readonly onTimeout: LifecycleStateName;
  readonly onError: LifecycleStateName;
}

export type LifecycleState = Task | Wait | { readonly kind: 'succeed' } | { readonly kind: 'fail' };

/** Longest time that a run may wait for a decision; each approval has a shorter one of its own. */
export const longestPauseSeconds = 360 * 24 * 3600;

/** What a wait is failed with whose run has ended: nothing that another attempt could change. */
export const runEnded = 'run_ended';

const patient: TaskRetry = {
  maxAttempts: 6,
  intervalSeconds: 2,
  backoffRate: 2,
  maxDelaySeconds: 60,
};

export const lifecycle = {
  startAt: 'RunSegment',
  states: {
    /** Steps of the agent, one after the other, each with a checkpoint. */
    RunSegment: {
      kind: 'task',
      task: 'segment',
      timeoutSeconds: 890,
      retry: patient,
      next: {
        DONE: 'RunEnded',
        CONTINUE: 'RunSegment',
        PAUSE: 'PausedAwaitingDecision',
        FAIL: 'Finalize',
      },
      onError: 'Finalize',
    },
    PausedAwaitingDecision: {
      kind: 'wait-for-token',
      task: 'register-pause',
      timeoutSeconds: longestPauseSeconds,
      retry: patient,
      next: 'RunSegment',
      onTimeout: 'ExpirePause',
      onError: 'Finalize',
    },
    /** Nobody decided in time; takes the decision that came first if there is one. */
    ExpirePause: {
      kind: 'task',
      task: 'expire-pause',
      timeoutSeconds: 60,
      retry: patient,
      next: { DECIDED: 'RunSegment', ENDED: 'Finalize' },
      onError: 'Finalize',
    },
    /** Makes sure that the run has ended, and says how. */
    Finalize: {
      kind: 'task',
      task: 'finalize',
      timeoutSeconds: 60,
      retry: { ...patient, maxAttempts: 10 },
      next: { ENDED: 'RunEnded', FAILED: 'RunFailed' },
      onError: 'RunFailed',
    },
    RunEnded: { kind: 'succeed' },
    RunFailed: { kind: 'fail' },
  },
} as const satisfies {
  startAt: LifecycleStateName;
  states: Record<LifecycleStateName, LifecycleState>;
};
