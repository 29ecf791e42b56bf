export interface BatchTarget {
  /** `aws`, or another one of Amazon's. */
  readonly partition: string;
  readonly advanceArn: string;
  readonly submitArn: string;
}

/** Chunks that are submitted at the same time: a batch is in no hurry, and others share the tables. */
const chunksAtOnce = 4;
const waitSeconds = 10;

const jsonata = (expression: string) => `{% ${expression} %}`;

const retry = [
  {
    ErrorEquals: ['States.ALL'],
    IntervalSeconds: 2,
    BackoffRate: 2,
    MaxAttempts: 5,
    MaxDelaySeconds: 60,
    JitterStrategy: 'FULL',
  },
];

const key = {
  orgId: jsonata('$states.context.Execution.Input.orgId'),
  batchId: jsonata('$states.context.Execution.Input.batchId'),
};

/**
 * Asks what has to be done for a batch, does it, and asks again. Nothing is kept here: an execution
 * that ends early, or beside another one, does no harm.
 */
export const batchDefinition = ({ partition, advanceArn, submitArn }: BatchTarget) => ({
  Comment: 'Work on a batch: functions/core/batch/advance-batch.ts',
  QueryLanguage: 'JSONata',
  StartAt: 'Advance',
  States: {
    Advance: {
      Type: 'Task',
      Resource: `arn:${partition}:states:::lambda:invoke`,
      Arguments: {
        FunctionName: advanceArn,
        Payload: {
          ...key,
          round: jsonata('$exists($states.input.round) ? $states.input.round : 0'),
        },
      },
      TimeoutSeconds: 890,
      Output: jsonata('$states.result.Payload'),
      Retry: retry,
      Next: 'WhatNext',
    },
    WhatNext: {
      Type: 'Choice',
      Choices: [
        { Condition: jsonata("$states.input.next = 'SUBMIT'"), Next: 'SubmitChunks' },
        { Condition: jsonata("$states.input.next = 'CONTINUE'"), Next: 'Advance' },
        { Condition: jsonata("$states.input.next = 'WAIT'"), Next: 'WaitForRuns' },
      ],
      Default: 'Done',
    },
    SubmitChunks: {
      Type: 'Map',
      Label: 'Chunks',
      Items: jsonata('$states.input.chunks'),
      ItemSelector: { ...key, chunk: jsonata('$states.context.Map.Item.Value') },
      MaxConcurrency: chunksAtOnce,
      // A chunk that could not be submitted is given out again.
      ToleratedFailurePercentage: 100,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: 'SubmitChunk',
        States: {
          SubmitChunk: {
            Type: 'Task',
            Resource: `arn:${partition}:states:::lambda:invoke`,
            Arguments: { FunctionName: submitArn, Payload: jsonata('$states.input') },
            TimeoutSeconds: 290,
            Output: jsonata('$states.result.Payload'),
            Retry: retry,
            End: true,
          },
        },
      },
      Output: { round: jsonata('$states.input.round') },
      Next: 'Advance',
    },
    WaitForRuns: {
      Type: 'Wait',
      Seconds: waitSeconds,
      Output: { round: jsonata('$states.input.round') },
      Next: 'Advance',
    },
    Done: { Type: 'Succeed' },
  },
});
