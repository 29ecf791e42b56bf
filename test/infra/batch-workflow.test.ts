import validate from 'asl-validator';
import { Match } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import { batchDefinition } from '#lib/constructs/batch-definition.ts';
import { aDeployment } from '../builders/a-deployment.ts';

const { Engine: engine } = aDeployment({ stage: 'prod' });
const arn = (name: string) => `arn:aws:lambda:eu-central-1:123456789012:function:${name}`;
const definition = batchDefinition({
  partition: 'aws',
  advanceArn: arn('advance'),
  submitArn: arn('submit'),
});

it('works on batches by a machine that Step Functions takes', () => {
  const { isValid, errorsText } = validate(definition);

  expect(errorsText()).toBe('');
  expect(isValid).toBe(true);
});

it('submits few chunks at a time, each as an execution, and goes on when one fails', () => {
  expect(definition.States.SubmitChunks).toMatchObject({
    MaxConcurrency: 4,
    ToleratedFailurePercentage: 100,
    ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } },
  });
});

it('asks again after whatever it did', () => {
  const { SubmitChunks, WaitForRuns, Advance } = definition.States;

  expect([SubmitChunks.Next, WaitForRuns.Next, Advance.Next]).toEqual([
    ...['Advance', 'Advance', 'WhatNext'],
  ]);
});

it('makes a batch of an event of anybody on the bus, and keeps one that cannot be', () => {
  engine.hasResourceProperties('AWS::Events::Rule', {
    EventBusName: Match.objectLike({ Ref: Match.stringLikeRegexp('^RunBus') }),
    EventPattern: { 'detail-type': ['Agent Run Batch Requested'] },
    Targets: [Match.objectLike({ DeadLetterConfig: Match.anyValue() })],
  });
});
