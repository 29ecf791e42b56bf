export interface BatchTarget {
  /** `aws`, or another one of Amazon's. */
  readonly partition: string;
  readonly advanceArn: string;
  readonly submitArn: string;
}

/** Chunks that are submitted at the same time: a batch is in no hurry, and others share the tables. */
const chunksAtOnce = 4;
const waitSeconds = 10;

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
  'orgId.$': '$$.Execution.Input.orgId',
  'batchId.$': '$$.Execution.Input.batchId',
} as const;

/**
 * Asks what has to be done for a batch, does it, and asks again. Nothing is kept here: an execution
 * that ends early, or beside another one, does no harm. In JSONPath, which is all that the emulator
 * of the tests knows in a Distributed Map.
 */
export const batchDefinition = ({ partition, advanceArn, submitArn }: BatchTarget) => ({
  Comment: 'Work on a batch: functions/core/batch/advance-batch.ts',
  StartAt: 'Advance',
  States: {
    Advance: {
      Type: 'Task',
      Resource: `arn:${partition}:states:::lambda:invoke`,
      Parameters: { FunctionName: advanceArn, Payload: { ...key, 'handed.$': '$' } },
      TimeoutSeconds: 890,
      OutputPath: '$.Payload',
      Retry: retry,
      Next: 'WhatNext',
    },
    WhatNext: {
      Type: 'Choice',
      Choices: [
        { Variable: '$.next', StringEquals: 'SUBMIT', Next: 'SubmitChunks' },
        { Variable: '$.next', StringEquals: 'CONTINUE', Next: 'Advance' },
        { Variable: '$.next', StringEquals: 'WAIT', Next: 'WaitForRuns' },
      ],
      Default: 'Done',
    },
    SubmitChunks: {
      Type: 'Map',
      Label: 'Chunks',
      ItemsPath: '$.chunks',
      ItemSelector: { ...key, 'chunk.$': '$$.Map.Item.Value' },
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
            Parameters: { FunctionName: submitArn, 'Payload.$': '$' },
            TimeoutSeconds: 290,
            OutputPath: '$.Payload',
            Retry: retry,
            End: true,
          },
        },
      },
      ResultPath: null,
      Next: 'Advance',
    },
    WaitForRuns: { Type: 'Wait', Seconds: waitSeconds, Next: 'Advance' },
    Done: { Type: 'Succeed' },
  },
});
