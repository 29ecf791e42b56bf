import { expect, it } from 'vitest';
import { aSession, finance, ops, priceAsked, question, sendEmail } from './agents.ts';
import { us } from './client.ts';
import { ran, run, statusOf } from './runs.ts';
import { AgentRun } from './wire.ts';

it('answers a synchronous run with its content, usage, tool calls and reasoning', async () => {
  const response = await run(us, finance, { message: question });

  expect(response).toMatchObject({ status: 'COMPLETED' });
  expect(response.content).toContain(priceAsked);
  expect(response.metadata.promptTokens).toBeGreaterThan(0);
  expect(response.metadata.completionTokens).toBeGreaterThan(0);
  expect(response.tools).toMatchObject([
    {
      name: 'highest_price',
      arguments: { symbol: 'AAPL' },
      result: expect.stringContaining(priceAsked),
    },
  ]);
  expect(response.reasoningSteps).not.toEqual([]);
});

it('lists the tool calls of a run in the order in which they were made', async () => {
  const response = await run(us, finance, {
    message: 'What was the highest price of MSFT and of AAPL in 2009?',
  });

  expect(response.tools.map((tool) => tool.arguments['symbol'])).toEqual(['MSFT', 'AAPL']);
});

it('names the model that the agent is listed with', async () => {
  const { metadata } = await run(us, finance, { message: question });

  const agents = await us.send('GET', '/api/agents');
  expect(await agents.json()).toContainEqual(
    expect.objectContaining({ agentId: finance, model: metadata.model }),
  );
});

it('generates a session for a synchronous run that names none', async () => {
  const first = await run(us, finance, { message: question });
  const second = await run(us, finance, { message: question });

  expect(first.sessionId).not.toBe(second.sessionId);
});

it('runs synchronously in the session that is named', async () => {
  const sessionId = aSession();

  const response = await run(us, finance, { message: question, sessionId });

  expect(response.sessionId).toBe(sessionId);
});

it('appends suggested follow-ups to the content where they were asked for', async () => {
  const [plain, withFollowups] = await Promise.all([
    run(us, finance, { message: question }),
    run(us, finance, { message: question, generateFollowups: true }),
  ]);

  expect(plain.content).not.toContain('follow-ups');
  expect(withFollowups.content.startsWith(plain.content)).toBe(true);
  expect(withFollowups.content.slice(plain.content.length)).toMatch(
    /^\n\n\*\*Suggested follow-ups:\*\*(\n- \S.*)+$/,
  );
});

it('answers PAUSED without content and with the call that waits for a decision', async () => {
  const response = await run(us, ops, { message: sendEmail });

  expect(response).toMatchObject({
    status: 'PAUSED',
    content: '',
    requiredAction: { type: 'TOOL_APPROVAL', tool: 'send_email', args: { to: 'bob@example.com' } },
  });
});

it('says in Location where the status of a synchronous run is found', async () => {
  const { headers, body } = await ran(us, finance, { message: question });

  const location = headers.get('Location') ?? '';
  const found = await us.call(AgentRun, 'GET', location);

  expect(found.body).toMatchObject({ id: body.runId, sessionId: body.sessionId });
});

it('shows the same outcome of a synchronous run when its status is asked for', async () => {
  const response = await run(us, finance, { message: question });

  const status = await statusOf(us, { id: response.runId, agentId: finance });

  expect(status).toMatchObject({ status: 'COMPLETED', output: response.content });
});

it('cuts an answer at maxTokens', async () => {
  const maxTokens = 4;
  const [whole, cut] = await Promise.all([
    run(us, finance, { message: question }),
    run(us, finance, { message: question, options: { maxTokens } }),
  ]);

  expect(cut.status).toBe('COMPLETED');
  expect(cut.content).not.toBe('');
  expect(cut.content.length).toBeLessThan(whole.content.length);
  expect(whole.content.startsWith(cut.content)).toBe(true);
});
