import { expect, it } from 'vitest';
import * as z from 'zod';
import {
  aCompletedRun,
  aPausedRun,
  aSession,
  finance,
  ops,
  question,
  sendEmail,
} from './agents.ts';
import { nobody, them, us } from './client.ts';
import { eventually } from './eventually.ts';
import { run, submit, untilIs } from './runs.ts';
import { AgentRun, Agents, RunId } from './wire.ts';
import { pageOf, Session } from './wire-of-approvals.ts';

/** What Operativus' own client asks for beside the documented paths. */

const Chunk = z.strictObject({ event: z.string(), data: z.string(), timestamp: z.int() });
type Chunk = z.infer<typeof Chunk>;

const TimelineEvent = z.looseObject({
  id: z.int(),
  eventType: z.string(),
  runId: RunId,
  payload: z.record(z.string(), z.unknown()),
  eventTs: z.iso.datetime(),
});

const dataLines = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).trim());

/** The chunks to `[DONE]`, over as many requests as the target needs for it. */
async function streamed(agentId: string, message: string): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  let after: string | undefined;
  const key = crypto.randomUUID();
  await eventually('the stream is done', async () => {
    const response = await us.send('POST', `/api/agents/${agentId}/runs/stream`, {
      json: { message, stream: true },
      headers: { 'Idempotency-Key': key, ...(after ? { 'Last-Event-ID': after } : {}) },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toMatch(/^text\/event-stream/);
    const text = await response.text();
    const lines = dataLines(text);
    const done = lines.at(-1) === '[DONE]';
    chunks.push(
      ...lines.slice(0, done ? -1 : undefined).map((line) => Chunk.parse(JSON.parse(line))),
    );
    after =
      text
        .match(/^id: (\d+)$/gm)
        ?.at(-1)
        ?.slice(4) ?? after;
    return done ? true : undefined;
  });
  return chunks;
}

const kinds = (chunks: readonly Chunk[]) => chunks.map(({ event }) => event);

it('streams a run from its start to its end', async () => {
  const chunks = await streamed(finance, question);

  expect(kinds(chunks)[0]).toBe('START');
  expect(RunId.safeParse(chunks[0]?.data).success).toBe(true);
  expect(kinds(chunks)).toContain('TOOL_START');
  expect(kinds(chunks)).toContain('TOOL_END');
  expect(kinds(chunks).slice(-3)).toEqual(['CONTENT_DONE', 'METRICS', 'STOP']);
});

it('streams a run to the call that waits for an approval', async () => {
  const chunks = await streamed(ops, sendEmail);

  const last = chunks.at(-1);
  expect(last?.event).toBe('PAUSED');
  const action = JSON.parse(last?.data ?? '');
  expect(action).toMatchObject({ type: 'TOOL_APPROVAL', tool: 'send_email' });
  const { status } = await us.send('POST', `/api/v1/approvals/${action.approvalId}/resolve`, {
    json: { decision: 'REJECTED' },
  });
  expect(status).toBe(200);
});

it('answers a stream of an unknown agent with a problem', async () => {
  const { body } = await us.refused(404, 'POST', '/api/agents/nobody/runs/stream', {
    json: { message: 'hello' },
  });

  expect(body.type).toBe('urn:problem-type:resource-not-found');
});

it('tells the timeline of a run, and goes on after an id', async () => {
  const { id } = await aCompletedRun(us);
  const timeline = async (sinceId: number) => {
    const response = await us.send('GET', `/api/v1/runs/${id}/events?sinceId=${sinceId}`);
    expect(response.status).toBe(200);
    return dataLines(await response.text()).map((line) => TimelineEvent.parse(JSON.parse(line)));
  };

  const whole = await timeline(0);

  const types = whole.map(({ eventType }) => eventType);
  expect(types[0]).toBe('RUN_START');
  expect(types).toEqual(
    expect.arrayContaining(['LLM_REQUEST', 'LLM_RESPONSE', 'TOOL_INVOKED', 'TOOL_COMPLETED']),
  );
  expect(types.at(-1)).toBe('RUN_COMPLETE');
  expect(await timeline(whole[1]?.id ?? 0)).toEqual(whole.slice(2));
  await them.refused(404, 'GET', `/api/v1/runs/${id}/events`);
});

it('lists sessions by user, and shows one with its runs', async () => {
  const userId = `user-${crypto.randomUUID()}`;
  const sessionId = aSession();
  await run(us, finance, { message: question, sessionId, userId });

  const page = await eventually(`the session of ${userId} is listed`, async () => {
    const path = `/api/sessions?userId=${userId}&agentId=${finance}&page=0&size=200`;
    const { body } = await us.call(pageOf(Session), 'GET', path);
    return body.totalElements > 0 ? body : undefined;
  });
  const { body: session } = await us.call(Session, 'GET', `/api/sessions/${sessionId}`);
  const { body: runs } = await us.call(z.array(AgentRun), 'GET', `/api/sessions/${sessionId}/runs`);

  expect(page).toMatchObject({ content: [{ id: sessionId, userId }], totalElements: 1 });
  expect(session).toMatchObject({ id: sessionId, userId, agentId: finance });
  expect(runs).toMatchObject([{ sessionId, input: question, status: 'COMPLETED' }]);
});

it('deletes a session with its runs, the live ones too', async () => {
  const paused = await aPausedRun(us);
  const session = `/api/sessions/${paused.sessionId}`;
  await them.refused(404, 'DELETE', session);

  const { status } = await us.send('DELETE', session);

  expect(status).toBe(204);
  await us.refused(404, 'GET', session);
  await us.refused(404, 'GET', `${session}/runs`);
  await us.refused(404, 'DELETE', session);
});

it('refuses more than 200 sessions a page', async () => {
  await us.refused(400, 'GET', '/api/sessions?size=201');
});

it('lists agents with the inactive ones, and shows one', async () => {
  const { body } = await us.call(Agents, 'GET', '/api/agents?includeInactive=true');
  const agent = await us.call(Agents.element, 'GET', `/api/agents/${finance}`);

  expect(body).toContainEqual(agent.body);
  await us.refused(404, 'GET', '/api/agents/nobody');
});

it('answers many statuses for the name several times', async () => {
  const runs = [await submit(us, finance, { message: question }), await aCompletedRun(us)];
  const query = runs.map(({ id }) => `runIds=${id}`).join('&');
  await untilIs(us, { id: runs[0]?.id ?? '', agentId: finance }, 'COMPLETED');

  const { body } = await us.call(
    z.array(AgentRun),
    'GET',
    `/api/agents/${finance}/runs/status?${query}`,
  );

  expect(body.map(({ id }) => id)).toEqual(runs.map(({ id }) => id));
});

it.each(['/api/v1/health', '/v3/api-docs', '/openapi.json'])(
  'answers without a token: %s',
  async (path) => {
    await nobody.call(z.looseObject({}), 'GET', path);
  },
);

it('lists tools, and no credentials of providers', async () => {
  const Tools = z.array(z.looseObject({ id: z.string(), label: z.string(), category: z.string() }));

  const { body: tools } = await us.call(Tools, 'GET', '/api/tools');
  const { body: credentials } = await us.call(
    z.array(z.unknown()),
    'GET',
    '/api/v1/provider-credentials',
  );

  expect(tools.map(({ id }) => id)).toContain('send_email');
  expect(credentials).toEqual([]);
});
