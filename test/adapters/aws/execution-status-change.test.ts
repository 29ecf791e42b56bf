import { describe, expect, it } from 'vitest';
import { ExecutionStatusChange, toEnd } from '#adapters/aws/execution-status-change.ts';
import { aStatusChange } from './a-status-change.ts';

const execution = { orgId: 'acme', runId: '01a2014c-0000-7000-8000-000000000001', epoch: 3 };

describe('what Step Functions says of an execution', () => {
  it('names the run and the epoch that it was started for', () => {
    const event = aStatusChange({ status: 'ABORTED', input: JSON.stringify(execution) });

    const { detail } = ExecutionStatusChange.parse(event);

    expect(detail).toEqual({
      executionArn: event.detail.executionArn,
      status: 'ABORTED',
      input: execution,
    });
  });

  it.each([
    ['is no JSON', 'hello'],
    ['is empty', ''],
    ['is no object', '"01a2014c-0000-7000-8000-000000000001"'],
    ['is null', 'null'],
    ['names no run', '{}'],
    ['names its epoch in words', JSON.stringify({ ...execution, epoch: 'third' })],
    ['is too large to be told', null],
    ['is not told', undefined],
  ])('is about no run where the input %s', (_, input) => {
    const event = aStatusChange({ status: 'FAILED', input });

    expect(ExecutionStatusChange.parse(event).detail.input).toBeUndefined();
  });

  it.each([
    ['FAILED', 'failed'],
    ['TIMED_OUT', 'timed_out'],
    ['ABORTED', 'aborted'],
  ] as const)('of %s means that it has %s', (status, end) => {
    const { detail } = ExecutionStatusChange.parse(aStatusChange({ status }));

    expect(toEnd[detail.status]).toBe(end);
  });

  it.each(['RUNNING', 'SUCCEEDED', 'PENDING_REDRIVE'])(
    'of %s is nothing that was asked for',
    (status) => {
      expect(ExecutionStatusChange.safeParse(aStatusChange({ status })).success).toBe(false);
    },
  );
});
