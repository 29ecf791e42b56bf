import { describe, expect, it } from 'vitest';
import { aTool } from '../a-tool.ts';
import { AgentDriver, approved, aRequest, rejected } from '../agent-driver.ts';
import { aRemoteAgent, aRemoteServer } from './a-remote-server.ts';

const done = { kind: 'done', text: 'the answer' };
const callsWork = (toolCallId = 'c1') => ({
  kind: 'tools',
  text: 'I call.',
  calls: [{ toolCallId, name: 'work', input: { n: 3 } }],
  state: { called: true },
});
const asks = {
  kind: 'approval',
  toolCallId: 'a1',
  tool: 'pay',
  arguments: { eur: 5 },
  reason: 'It costs.',
  expiresAfterSeconds: 60,
  onExpiry: 'fail',
  state: { asked: true },
};

describe('a remote agent', () => {
  it('is sent what it needs, and its answer is that of the run', async () => {
    const server = await aRemoteServer({
      ...done,
      followups: ['More?'],
      usage: { inputTokens: 3, outputTokens: 4 },
    });
    const history = [
      { role: 'user' as const, content: [{ type: 'text' as const, text: 'before' }] },
    ];
    const driver = new AgentDriver(aRemoteAgent(server.url, { headers: { 'x-token': 'abc' } }), {
      history,
    });

    const outcome = await driver.drive();

    expect(outcome).toMatchObject({ output: { content: 'the answer', followups: ['More?'] } });
    expect(driver.usages).toEqual([{ inputTokens: 3, outputTokens: 4 }]);
    expect(server.received[0]?.body).toEqual({
      version: 1,
      agentId: 'remote',
      run: { orgId: 'acme', runId: driver.runId, sessionId: 'session', userId: 'ann' },
      step: 1,
      idempotencyKey: `${driver.runId}:1`,
      request: aRequest(),
      history,
      messages: [],
      state: null,
      decision: null,
    });
    expect(server.received[0]?.headers).toMatchObject({
      'x-token': 'abc',
      'idempotency-key': `${driver.runId}:1`,
    });
    expect(driver.messages.map(({ role }) => role)).toEqual(['user', 'assistant']);
    expect(driver.events).toContainEqual({ type: 'text.delta', data: { text: 'the answer' } });
  });

  it('is sent the bytes of media', async () => {
    const server = await aRemoteServer(done);
    const request = {
      media: [
        {
          type: 'file' as const,
          mediaType: 'image/png',
          source: { type: 'blob' as const, blobKey: 'acme/b', sizeBytes: 3 },
        },
        {
          type: 'file' as const,
          mediaType: 'image/png',
          source: { type: 'url' as const, url: 'https://a.example/b' },
        },
      ],
    };
    const driver = new AgentDriver(aRemoteAgent(server.url), { request });
    await driver.blobs.put('acme/b', Buffer.from('abc'));

    await driver.answer();

    expect(server.received[0]?.body.request.media).toEqual([
      { mediaType: 'image/png', base64: 'YWJj' },
      { mediaType: 'image/png', url: 'https://a.example/b' },
    ]);
  });

  it('has tools called here, and is told the results with the state that it gave', async () => {
    const server = await aRemoteServer(callsWork(), done);
    const driver = new AgentDriver(aRemoteAgent(server.url, { tools: [aTool()] }));

    expect(await driver.answer()).toBe('the answer');

    const second = server.received[1]?.body;
    expect(second).toMatchObject({ state: { called: true }, step: 3 });
    expect(second?.messages.at(-1)).toEqual({
      role: 'tool',
      content: [
        {
          type: 'tool-result',
          toolCallId: 'c1',
          toolName: 'work',
          output: { type: 'json', value: { n: 3 } },
          durationMs: expect.any(Number),
        },
      ],
    });
  });

  it('waits for a person before a tool that needs it', async () => {
    const server = await aRemoteServer(callsWork(), done);
    const tool = aTool({ approval: { when: 'always' } });
    const driver = new AgentDriver(aRemoteAgent(server.url, { tools: [tool] }));

    const approval = await driver.ask();
    const askedBefore = server.received.length;
    await driver.answer({ decision: approved(approval) });

    expect(approval).toMatchObject({ tool: 'work', arguments: { n: 3 } });
    expect(askedBefore).toBe(1);
    expect(server.received[1]?.body.decision).toBeNull();
  });

  it.each([
    ['APPROVE', approved, { decision: 'APPROVE' }],
    [
      'REJECT',
      (one: Parameters<typeof rejected>[0]) => rejected(one, 'too much'),
      { decision: 'REJECT', reason: 'too much' },
    ],
  ] as const)('may ask a person itself, and is told: %s', async (_, decide, told) => {
    const server = await aRemoteServer(asks, done);
    const driver = new AgentDriver(aRemoteAgent(server.url));

    const approval = await driver.ask();
    await driver.answer({ decision: decide(approval) });

    expect(approval).toMatchObject({
      tool: 'pay',
      reason: 'It costs.',
      expiresAfterSeconds: 60,
      onExpiry: 'fail',
    });
    expect(server.received[1]?.body).toMatchObject({
      state: { asked: true },
      decision: { toolCallId: 'a1', ...told },
    });
  });

  it('is told no decision on what it did not ask', async () => {
    const server = await aRemoteServer(done);
    const decision = { toolCallId: 'c1', callHash: 'x', decision: 'APPROVE' as const };

    await new AgentDriver(aRemoteAgent(server.url)).answer({ decision });

    expect(server.received[0]?.body.decision).toBeNull();
  });

  it('asks again where it was deployed anew between question and decision', async () => {
    const server = await aRemoteServer(asks, done);
    const driver = new AgentDriver(aRemoteAgent(server.url));
    const approval = await driver.ask();
    driver.redeploy('v2');

    const again = await driver.ask({ decision: approved(approval) });
    await driver.answer({ decision: approved(again) });

    expect(again.callHash).not.toBe(approval.callHash);
    expect(server.received).toHaveLength(2);
  });

  it.each([
    ['503', { status: 503, body: 'busy' }],
    ['429', { status: 429, body: 'busy' }],
    ['no answer in time', undefined],
  ])('is asked again after %s, with the same idempotency key', async (_, reply) => {
    const server = await aRemoteServer(reply, done);
    const driver = new AgentDriver(aRemoteAgent(server.url, { timeoutSeconds: 0.3 }));

    expect(await driver.answer()).toBe('the answer');

    const keys = server.received.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toEqual([`${driver.runId}:1`, `${driver.runId}:1`]);
  });

  it.each([
    [
      { status: 500, body: 'broken' },
      2,
      /at 127\.0\.0\.1:\d+ answered 500: broken \(2 attempts\)$/,
    ],
    [undefined, 2, /took longer than 0\.2 s \(2 attempts\)$/],
    [{ status: 404, body: 'no such' }, 1, /answered 404: no such$/],
    [{ status: 302, body: '' }, 1, /answered 302/],
    [{ status: 401, body: 'not super-secret-1' }, 1, /answered 401: not \[hidden\]$/],
    [{ status: 200, body: 'Hello' }, 1, /gave an answer that is none: it is no JSON$/],
    [{ kind: 'done' }, 1, /gave an answer that is none: text: /],
    [{ kind: 'fail', message: 'out of paper' }, 1, /failed: out of paper$/],
    [{ kind: 'done', text: 'x'.repeat(5_000_000) }, 1, /more than 4194304 bytes/],
  ])(
    'that answers %j fails the run after %i attempts, saying so',
    async (reply, attempts, says) => {
      const server = await aRemoteServer(reply);
      const more = {
        timeoutSeconds: reply ? 5 : 0.2,
        headers: async () => ({ authorization: 'super-secret-1' }),
      };
      const driver = new AgentDriver(aRemoteAgent(server.url, more));

      const outcome = await driver.drive();

      expect(outcome).toMatchObject({
        kind: 'fail',
        error: { code: 'agent_error', message: expect.stringMatching(says) },
      });
      expect(server.received).toHaveLength(attempts);
    },
  );

  it('that is gone fails the run, saying so', async () => {
    const server = await aRemoteServer(done);
    server.close();

    const outcome = await new AgentDriver(aRemoteAgent(server.url)).drive();

    expect(JSON.stringify(outcome)).toMatch(/cannot be reached: ECONNREFUSED \(2 attempts\)/);
  });

  it('is left at once when the run is cancelled', async () => {
    const server = await aRemoteServer(undefined);
    const signal = AbortSignal.timeout(100);

    const driven = new AgentDriver(aRemoteAgent(server.url), { signal }).drive();

    await expect(driven).rejects.toThrow(/timeout/i);
    expect(server.received).toHaveLength(1);
  });

  it('that comes to no end is stopped', async () => {
    const server = await aRemoteServer({ kind: 'continue', text: 'on' });
    const limits = { maxSteps: 3 };

    const outcome = await new AgentDriver(aRemoteAgent(server.url, { limits })).drive();

    expect(outcome).toMatchObject({ kind: 'fail', error: { code: 'step_limit' } });
    expect(server.received).toHaveLength(3);
  });

  it('that uses up its tokens is stopped', async () => {
    const usage = { inputTokens: 60, outputTokens: 40 };
    const server = await aRemoteServer({ kind: 'continue', text: 'on', usage });
    const limits = { maxTokens: 150 };

    const outcome = await new AgentDriver(aRemoteAgent(server.url, { limits })).drive();

    const message = 'The remote agent came to no end with 150 tokens: it has used 200';
    expect(outcome).toMatchObject({ kind: 'fail', error: { code: 'token_limit', message } });
    expect(server.received).toHaveLength(2);
  });

  it('is taken up by another process after any step', async () => {
    const server = await aRemoteServer(callsWork(), done);
    const agent = () => aRemoteAgent(server.url, { tools: [aTool()] });
    const first = new AgentDriver(agent());
    await first.step();

    const second = first.inAnotherProcess(agent());

    expect(await second.answer()).toBe('the answer');
    expect(second.toolCalls).toMatchObject([{ name: 'work', output: { value: { n: 3 } } }]);
  });

  it.each(['ftp://a.example', 'nonsense'])('is refused with the endpoint %s', (endpoint) => {
    expect(() => aRemoteAgent(endpoint)).toThrow(/is no http or https URL/);
  });
});
