import {
  type LifecycleState,
  type LifecycleStateName,
  type LifecycleTask,
  longestPauseSeconds,
  runEnded,
  type TaskRetry,
} from '#core/lifecycle.ts';

/*
 * The lifecycle table in Amazon States Language. What a state hands on is small and tells what
 * happened: the console shows it.
 */

export interface Lifecycle {
  readonly startAt: LifecycleStateName;
  readonly states: Readonly<Record<LifecycleStateName, LifecycleState>>;
}

export interface LifecycleTarget {
  /** `aws`, or another one of Amazon's. */
  readonly partition: string;
  /** Of the function that does each task. */
  readonly functionArns: Readonly<Record<LifecycleTask, string>>;
}

/** What Lambda says where it did not run the function, for want of concurrency or for a fault of its own. */
const notInvoked = [
  'Lambda.TooManyRequestsException',
  'Lambda.ServiceException',
  'Lambda.SdkClientException',
] as const;

/** Over an hour: a run that nobody has worked on yet is late, not failed. */
const untilInvoked: TaskRetry = {
  maxAttempts: 120,
  intervalSeconds: 2,
  backoffRate: 2,
  maxDelaySeconds: 60,
};

type AslState = Readonly<Record<string, unknown>>;

/** Time for all else than a pause; with it an execution stays under the year that one may last. */
const slackSeconds = 4 * 24 * 3600;
const longestCauseCharacters = 1000;

const jsonata = (expression: string) => `{% ${expression} %}`;

/** The definition of a Standard state machine. */
export function lifecycleDefinition({ startAt, states }: Lifecycle, target: LifecycleTarget) {
  return {
    Comment: 'The life of a run between its dispatch and its end: functions/core/lifecycle.ts',
    QueryLanguage: 'JSONata',
    TimeoutSeconds: longestPauseSeconds + slackSeconds,
    StartAt: startAt,
    States: Object.assign(
      {},
      ...Object.entries(states).map(([name, state]) => render(name, state, target)),
    ),
  };
}

/** One state of the table is one state of the machine, and a choice where it has several outcomes. */
function render(
  name: string,
  state: LifecycleState,
  target: LifecycleTarget,
): Readonly<Record<string, AslState>> {
  switch (state.kind) {
    case 'task':
      return taskStates(name, state, target);
    case 'wait-for-token':
      return { [name]: waitState(state, target) };
    case 'succeed':
      return { [name]: { Type: 'Succeed' } };
    case 'fail':
      return { [name]: failState };
  }
}

type TaskState = Extract<LifecycleState, { kind: 'task' }>;
type WaitState = Extract<LifecycleState, { kind: 'wait-for-token' }>;

function taskStates(name: string, state: TaskState, target: LifecycleTarget) {
  const choice = `After${name}`;
  const outcomes = Object.entries(state.next);
  return {
    [name]: {
      Type: 'Task',
      Resource: invocation(target),
      Arguments: { FunctionName: target.functionArns[state.task], Payload: taskInput },
      TimeoutSeconds: state.timeoutSeconds,
      Output: jsonata('$states.result.Payload'),
      Retry: [toRetry(notInvoked, untilInvoked), toRetry(['States.ALL'], state.retry)],
      Catch: [onError(state.onError)],
      Next: choice,
    },
    [choice]: {
      Type: 'Choice',
      Choices: outcomes.map(([outcome, next]) => ({
        Condition: jsonata(`$states.input.next = '${outcome}'`),
        Next: next,
      })),
      // A task that says something else is a bug; its run ends, and says so.
      Default: state.onError,
      Output: {
        cause: jsonata(`'${name} has no outcome ' & $string($states.input.next)`),
      },
    },
  };
}

const waitState = (state: WaitState, target: LifecycleTarget): AslState => ({
  Type: 'Task',
  Resource: `${invocation(target)}.waitForTaskToken`,
  Arguments: {
    FunctionName: target.functionArns[state.task],
    Payload: { ...taskInput, taskToken: jsonata('$states.context.Task.Token') },
  },
  TimeoutSeconds: state.timeoutSeconds,
  Output: jsonata('$states.result'),
  Retry: [
    { ErrorEquals: ['States.Timeout', runEnded], MaxAttempts: 0 },
    toRetry(notInvoked, untilInvoked),
    toRetry(['States.ALL'], state.retry),
  ],
  Catch: [
    { ErrorEquals: ['States.Timeout'], Output: {}, Next: state.onTimeout },
    onError(state.onError),
  ],
  Next: state.next,
});

const invocation = ({ partition }: LifecycleTarget) => `arn:${partition}:states:::lambda:invoke`;

/** `TaskInput` of the tasks; the first state is handed the execution's input, which does no harm. */
const taskInput = {
  orgId: jsonata('$states.context.Execution.Input.orgId'),
  runId: jsonata('$states.context.Execution.Input.runId'),
  epoch: jsonata('$states.context.Execution.Input.epoch'),
  handed: jsonata('$states.input'),
} as const;

const toRetry = (errors: readonly string[], retry: TaskRetry) => ({
  ErrorEquals: errors,
  IntervalSeconds: retry.intervalSeconds,
  BackoffRate: retry.backoffRate,
  MaxAttempts: retry.maxAttempts,
  MaxDelaySeconds: retry.maxDelaySeconds,
  JitterStrategy: 'FULL',
});

const onError = (next: LifecycleStateName) => ({
  ErrorEquals: ['States.ALL'],
  Output: { cause: jsonata(causeOfError) },
  Next: next,
});

/** What a function threw comes as JSON with its stack, of which only the message is handed on. */
const causeOfError = [
  '(',
  '$cause := $states.errorOutput.Cause;',
  `$message := $contains($cause, '"errorMessage":"')`,
  `? $cause ~> $substringAfter('"errorMessage":"') ~> $substringBefore('","trace":') ~> $substringBefore('"}')`,
  ': $cause;',
  `$substring($states.errorOutput.Error & ': ' & $message, 0, ${longestCauseCharacters})`,
  ')',
].join(' ');

/** Fails with the run's own error; there is none where finalizing it failed. */
const failState: AslState = {
  Type: 'Fail',
  Error: jsonata("$exists($states.input.error.code) ? $states.input.error.code : 'infrastructure'"),
  Cause: jsonata(
    "$exists($states.input.error.message) ? $states.input.error.message : $exists($states.input.cause) ? $states.input.cause : 'unknown'",
  ),
};
