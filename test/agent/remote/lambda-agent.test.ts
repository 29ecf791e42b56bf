import { describe, expect, it, vi } from 'vitest';
import { remoteAgent } from '#agent/remote/remote-agent.ts';
import { aTool } from '../a-tool.ts';
import { AgentDriver, approved } from '../agent-driver.ts';
import { aLambdaApi, functionArn, secretKey } from './a-lambda-api.ts';
import { aLambdaAgent } from './a-remote-server.ts';

const done = { returns: { kind: 'done', text: 'the answer' } };

describe('a remote agent that is a Lambda function', () => {
  it('is invoked with the request as its payload, and what it returns is its answer', async () => {
    const lambda = await aLambdaApi(done);
    const driver = new AgentDriver(aLambdaAgent(functionArn));

    expect(await driver.answer()).toBe('the answer');

    const [invocation] = lambda.invocations;
    expect(invocation).toMatchObject({ arn: functionArn, isSigned: true });
    expect(invocation?.headers).toMatchObject({
      'x-amz-invocation-type': 'RequestResponse',
      'x-amz-security-token': 'session-token-of-a-test',
    });
    expect(JSON.parse(invocation?.payload ?? '')).toMatchObject({
      version: 1,
      agentId: 'remote',
      idempotencyKey: `${driver.runId}:1`,
      request: { message: 'hello' },
    });
  });

  it('may have tools called here, and ask a person', async () => {
    const lambda = await aLambdaApi(
      { returns: { kind: 'tools', calls: [{ toolCallId: 'c1', name: 'work', input: { n: 3 } }] } },
      {
        returns: {
          ...{ kind: 'approval', toolCallId: 'a1', tool: 'pay', arguments: { eur: 5 } },
          ...{ reason: 'It costs.', state: { asked: true } },
        },
      },
      done,
    );
    const driver = new AgentDriver(aLambdaAgent(functionArn, { tools: [aTool()] }));

    const approval = await driver.ask();
    const answer = await driver.answer({ decision: approved(approval) });

    expect(approval).toMatchObject({ tool: 'pay', arguments: { eur: 5 }, reason: 'It costs.' });
    expect(answer).toBe('the answer');
    expect(JSON.parse(lambda.invocations[2]?.payload ?? '')).toMatchObject({
      state: { asked: true },
      decision: { toolCallId: 'a1', decision: 'APPROVE' },
    });
  });

  it.each([
    ['too many of it run', { status: 429, message: 'Rate Exceeded.' }],
    ['it is being changed', { status: 409, message: 'The function is in state Pending.' }],
    ['Lambda is in trouble', { status: 500, message: 'Service error' }],
    ['it threw', { throws: { errorType: 'Error', errorMessage: 'No database' } }],
    [
      'its time was up',
      { throws: { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out' } },
    ],
    ['it does not answer in time', undefined],
  ])('is invoked again where %s, with the same idempotency key', async (_, reply) => {
    const lambda = await aLambdaApi(reply, done);
    const driver = new AgentDriver(aLambdaAgent(functionArn, { timeoutSeconds: 0.3 }));

    expect(await driver.answer()).toBe('the answer');

    const [first, second] = lambda.invocations;
    expect(lambda.invocations).toHaveLength(2);
    expect(second?.payload).toBe(first?.payload);
  });

  it.each([
    [
      { throws: { errorType: 'TypeError', errorMessage: 'x is not a function' } },
      2,
      `at ${functionArn} failed with TypeError: x is not a function (2 attempts)`,
    ],
    [{ throws: {} }, 2, 'failed with an error: '],
    [
      { throws: { errorType: 'Runtime.ImportModuleError', errorMessage: 'no module x' } },
      1,
      'failed with Runtime.ImportModuleError: no module x',
    ],
    [{ status: 429, message: 'Rate Exceeded.' }, 2, 'answered 429: {"Message":"Rate Exceeded."}'],
    [{ status: 404, message: 'Function not found' }, 1, 'answered 404: '],
    [{ status: 403, message: `not with ${secretKey}` }, 1, 'not with [hidden]'],
    [{ status: 413, message: 'too large' }, 1, 'answered 413: '],
    [{ returns: { statusCode: 200 } }, 1, 'gave an answer that is none: kind: '],
  ])(
    'that answers with %j fails the run after %i attempts, saying so',
    async (reply, attempts, says) => {
      const lambda = await aLambdaApi(reply);

      const outcome = await new AgentDriver(aLambdaAgent(functionArn)).drive();

      expect(outcome).toMatchObject({
        kind: 'fail',
        error: { code: 'agent_error', message: expect.stringContaining(says) },
      });
      expect(lambda.invocations).toHaveLength(attempts);
    },
  );

  it('is left at once when the run is cancelled', async () => {
    const lambda = await aLambdaApi(undefined);
    const cancelled = new AbortController();
    const driven = new AgentDriver(aLambdaAgent(functionArn), {
      signal: cancelled.signal,
    }).drive();
    driven.catch(() => undefined);
    await vi.waitUntil(() => lambda.invocations.length === 1);

    cancelled.abort(new Error('cancelled'));

    await expect(driven).rejects.toThrow('cancelled');
    await vi.waitUntil(() => lambda.dropped.length === 1);
  });

  it('needs credentials', async () => {
    const lambda = await aLambdaApi(done);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', '');

    const outcome = await new AgentDriver(aLambdaAgent(functionArn)).drive();

    expect(JSON.stringify(outcome)).toContain('needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
    expect(lambda.invocations).toEqual([]);
  });

  it.each([
    'far-away',
    'arn:aws:lambda:eu-west-1:111122223333:function:*',
    'arn:aws:sqs:eu-west-1:1:q',
  ])('is refused with %s for its ARN', (lambda) => {
    expect(() => aLambdaAgent(lambda)).toThrow('is no ARN of a Lambda function');
  });
});

describe('the declaration of a remote agent', () => {
  const common = { id: 'a', name: 'A', description: 'x', instructions: 'x' };

  it.each([common, { ...common, endpoint: 'https://a.example', lambda: functionArn }])(
    'has an endpoint or a lambda: %j',
    (declared) => {
      // As plain JavaScript may have it.
      expect(() => Reflect.apply(remoteAgent, undefined, [declared])).toThrow(
        'either an endpoint or a lambda',
      );
    },
  );

  it.each([0, 301, Number.NaN])('allows no attempt of %d seconds', (timeoutSeconds) => {
    expect(() => aLambdaAgent(functionArn, { timeoutSeconds })).toThrow('at most 300');
  });
});
