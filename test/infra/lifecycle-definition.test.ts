import validate from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { type LifecycleState, lifecycle, runEnded } from '#core/lifecycle.ts';
import { lifecycleDefinition } from '#lib/constructs/lifecycle-definition.ts';
import { evaluate } from './evaluate.ts';

const functionArn = (name: string) => `arn:aws:lambda:eu-west-1:123456789012:function:${name}`;
const functionArns = {
  segment: functionArn('segment'),
  'register-pause': functionArn('register-pause'),
  'expire-pause': functionArn('expire-pause'),
  finalize: functionArn('finalize'),
};
const definition = lifecycleDefinition(lifecycle, { partition: 'aws', functionArns });
const year = 365 * 24 * 3600;

const states: readonly (readonly [string, LifecycleState])[] = Object.entries(lifecycle.states);
const ofKind = <Kind extends LifecycleState['kind']>(kind: Kind) =>
  states.filter(
    (entry): entry is [string, Extract<LifecycleState, { kind: Kind }>] => entry[1].kind === kind,
  );
const tasks = ofKind('task');
const waits = ofKind('wait-for-token');
const outcomes = tasks.flatMap(([name, { next }]) =>
  Object.entries(next).map(([outcome, following]) => [name, outcome, following] as const),
);

const input = {
  orgId: '{% $states.context.Execution.Input.orgId %}',
  runId: '{% $states.context.Execution.Input.runId %}',
  epoch: '{% $states.context.Execution.Input.epoch %}',
  handed: '{% $states.input %}',
};
const causeOfError = { cause: expect.stringMatching(/errorOutput.*\$substring\(.*, 0, 1000\)/) };

it('is a definition that Step Functions takes', () => {
  const { isValid, errorsText } = validate(structuredClone(definition));

  expect(errorsText('\n')).toBe('');
  expect(isValid).toBe(true);
});

it('has each state of the table, and a choice after each task', () => {
  const names = [...states.map(([name]) => name), ...tasks.map(([name]) => `After${name}`)];

  expect(Object.keys(definition.States).sort()).toEqual(names.sort());
  expect(definition).toMatchObject({ StartAt: lifecycle.startAt, QueryLanguage: 'JSONata' });
});

it('lets an execution last longer than any pause, and no longer than one may', () => {
  const pauses = waits.map(([, { timeoutSeconds }]) => timeoutSeconds);

  expect(definition.TimeoutSeconds).toBeGreaterThan(Math.max(...pauses));
  expect(definition.TimeoutSeconds).toBeLessThanOrEqual(year);
});

/** A throttled function has not been asked: long enough for any burst to pass. */
const untilInvoked = {
  ErrorEquals: expect.arrayContaining(['Lambda.TooManyRequestsException']),
  MaxAttempts: 120,
  MaxDelaySeconds: 60,
};

describe.each(tasks)('the task %s', (name, { task, timeoutSeconds, retry, onError }) => {
  const state = definition.States[name];

  it('calls its function with what the task parses, and hands on what that says', () => {
    expect(state).toMatchObject({
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: functionArn(task), Payload: input },
      TimeoutSeconds: timeoutSeconds,
      Output: '{% $states.result.Payload %}',
      Next: `After${name}`,
    });
  });

  it('is tried again as the table says', () => {
    expect(state).toMatchObject({
      Retry: [
        untilInvoked,
        {
          ErrorEquals: ['States.ALL'],
          MaxAttempts: retry.maxAttempts,
          IntervalSeconds: retry.intervalSeconds,
          BackoffRate: retry.backoffRate,
          MaxDelaySeconds: retry.maxDelaySeconds,
          JitterStrategy: 'FULL',
        },
      ],
    });
  });

  it('says why when all of that has failed', () => {
    expect(state).toMatchObject({
      Catch: [{ ErrorEquals: ['States.ALL'], Output: causeOfError, Next: onError }],
    });
  });

  it('takes an outcome that it does not know for a bug, and ends the run with it', () => {
    expect(definition.States[`After${name}`]).toMatchObject({
      Type: 'Choice',
      Default: onError,
      Output: { cause: `{% '${name} has no outcome ' & $string($states.input.next) %}` },
    });
  });
});

it.each(outcomes)('leads from %s by %s to %s', (name, outcome, next) => {
  expect(definition.States[`After${name}`]).toMatchObject({
    Choices: expect.arrayContaining([
      { Condition: `{% $states.input.next = '${outcome}' %}`, Next: next },
    ]),
  });
});

it('leads nowhere else', () => {
  const choices = tasks.flatMap(([name]) => definition.States[`After${name}`]?.['Choices']);

  expect(choices).toHaveLength(outcomes.length);
});

describe.each(waits)('the wait %s', (name, { task, timeoutSeconds, retry, ...wait }) => {
  const state = definition.States[name];

  it('gives its function the task token, and hands on what comes back with it', () => {
    expect(state).toMatchObject({
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Arguments: {
        FunctionName: functionArn(task),
        Payload: { ...input, taskToken: '{% $states.context.Task.Token %}' },
      },
      TimeoutSeconds: timeoutSeconds,
      Output: '{% $states.result %}',
      Next: wait.next,
    });
  });

  it('is entered again when its registration fails, not when its time is over or its run', () => {
    expect(state).toMatchObject({
      Retry: [
        { ErrorEquals: ['States.Timeout', runEnded], MaxAttempts: 0 },
        untilInvoked,
        { ErrorEquals: ['States.ALL'], MaxAttempts: retry.maxAttempts },
      ],
    });
  });

  it('tells the end of its time from an error', () => {
    expect(state).toMatchObject({
      Catch: [
        { ErrorEquals: ['States.Timeout'], Output: {}, Next: wait.onTimeout },
        { ErrorEquals: ['States.ALL'], Output: causeOfError, Next: wait.onError },
      ],
    });
  });
});

it.each(ofKind('succeed'))('ends well in %s', (name) => {
  expect(definition.States[name]).toEqual({ Type: 'Succeed' });
});

it.each(ofKind('fail'))('fails with what is known of the reason in %s', async (name) => {
  const { Type, Error: code, Cause: cause } = definition.States[name] ?? {};
  const failure = (input: object) =>
    Promise.all([evaluate(code, { input }), evaluate(cause, { input })]);

  expect(Type).toBe('Fail');
  expect(
    await failure({ next: 'FAILED', error: { code: 'timeout', message: 'Too long.' } }),
  ).toEqual(['timeout', 'Too long.']);
  // Where finalizing failed itself.
  expect(await failure({ cause: 'Error: no' })).toEqual(['infrastructure', 'Error: no']);
  expect(await failure({})).toEqual(['infrastructure', 'unknown']);
});

describe('the cause that is handed to Finalize', () => {
  const causeOf = (errorOutput: object) =>
    evaluate(definition.States['RunSegment']?.['Catch'][0].Output.cause, { errorOutput });

  it('is what the function threw, without its stack', async () => {
    const thrown = {
      errorType: 'TypeError',
      errorMessage: 'no "such" thing',
      trace: ['at x.ts:1'],
    };

    expect(await causeOf({ Error: 'TypeError', Cause: JSON.stringify(thrown) })).toBe(
      'TypeError: no \\"such\\" thing',
    );
  });

  it('is what Lambda says of a function that said nothing', async () => {
    const Cause = 'Returned payload: {"errorMessage":"Task timed out after 900.00 seconds"}';

    expect(await causeOf({ Error: 'Lambda.Unknown', Cause })).toBe(
      'Lambda.Unknown: Task timed out after 900.00 seconds',
    );
  });

  it('is short, whatever was thrown', async () => {
    expect(await causeOf({ Error: 'States.Timeout' })).toBe('States.Timeout: ');
    expect(await causeOf({ Error: 'E', Cause: 'x'.repeat(5000) })).toHaveLength(1000);
  });

  it('names an outcome that there is not', async () => {
    const { Output: output } = definition.States['AfterRunSegment'] ?? {};

    expect(await evaluate(output.cause, { input: { next: 'RETRY' } })).toBe(
      'RunSegment has no outcome RETRY',
    );
    expect(await evaluate(output.cause, { input: {} })).toBe('RunSegment has no outcome ');
  });
});

it.each(outcomes)('tells what %s says by %s from all else', async (name, outcome) => {
  const choices: { Condition: string }[] = definition.States[`After${name}`]?.['Choices'];

  const met = await Promise.all(
    choices.map(({ Condition }) => evaluate(Condition, { input: { next: outcome } })),
  );

  expect(met.filter(Boolean)).toHaveLength(1);
});
