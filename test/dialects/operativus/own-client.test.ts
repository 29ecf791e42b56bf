import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { scriptedModel } from '#agent/scripted-model.ts';
import { devToken } from '../../builders/an-api.ts';
import { aSite, password } from './a-site.ts';
import { OwnClient, type Streamed, type TimelineEvent } from './own-client.ts';

const Action = z.object({
  type: z.literal('TOOL_APPROVAL'),
  tool: z.string(),
  args: z.unknown(),
  approvalId: z.string(),
});

const kindsOf = ({ chunks }: Streamed) => chunks.map(({ event }) => event);
const dataOf = ({ chunks }: Streamed, kind: string) =>
  chunks.filter(({ event }) => event === kind).map(({ data }) => data);
const actionOf = (streamed: Streamed) =>
  Action.parse(JSON.parse(dataOf(streamed, 'PAUSED')[0] ?? ''));

async function all(events: AsyncIterable<TimelineEvent>): Promise<TimelineEvent[]> {
  const seen: TimelineEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

describe("Operativus' own client", () => {
  it('logs in, finds an agent, streams to a pause, approves, and sees the run to its end', async () => {
    const site = await aSite();
    const client = new OwnClient(site.url);
    const { type, id, roles } = await client.logIn('ann', password);
    const agents = await client.get('/api/agents?includeInactive=false');
    const agent = await client.get('/api/agents/worker');

    const paused = await client.stream('worker', 'safe guarded');
    const action = actionOf(paused);
    const pending = await client.get('/api/v1/approvals/pending?page=0&size=20');
    const resolved = await client.post(`/api/v1/approvals/${action.approvalId}/resolve`, {
      decision: 'APPROVED',
    });
    const [runId = ''] = dataOf(paused, 'START');
    const timeline = await all(client.timeline(runId));
    const sessions = z
      .object({ content: z.array(z.object({ id: z.string() })) })
      .parse(await client.get('/api/sessions?page=0&size=20&userId=ann&agentId=worker'));
    const sessionId = sessions.content[0]?.id;
    const runs = await client.get(`/api/sessions/${sessionId}/runs`);
    await client.delete(`/api/sessions/${sessionId}`);

    expect({ type, id, roles }).toEqual({ type: 'Bearer', id: 'ann', roles: ['ROLE_USER'] });
    expect(agents).toMatchObject([{ agentId: 'worker', isTeam: false }]);
    expect(agent).toMatchObject({ agentId: 'worker' });
    expect(kindsOf(paused)).toEqual([
      'START',
      'REASONING_DELTA',
      'TOOL_START',
      'TOOL_END',
      'REASONING_DELTA',
      'PAUSED',
    ]);
    expect(paused.done).toBe(true);
    expect(action).toMatchObject({ tool: 'guarded', args: { n: 1 } });
    expect(pending).toMatchObject({
      content: [{ id: action.approvalId, runId, toolName: 'guarded', status: 'PENDING' }],
      totalElements: 1,
      page: { totalElements: 1, totalPages: 1 },
    });
    expect(resolved).toMatchObject({ status: 'APPROVED', resolvedBy: 'user:ann' });
    expect(timeline.map(({ eventType }) => eventType)).toEqual([
      'RUN_START',
      'LLM_REQUEST',
      'LLM_RESPONSE',
      'TOOL_INVOKED',
      'TOOL_COMPLETED',
      'LLM_REQUEST',
      'LLM_RESPONSE',
      'RUN_PAUSED',
      'TOOL_INVOKED',
      'TOOL_COMPLETED',
      'LLM_REQUEST',
      'LLM_RESPONSE',
      // What to ask next.
      'LLM_REQUEST',
      'LLM_RESPONSE',
      'RUN_COMPLETE',
    ]);
    expect(runs).toMatchObject([
      { id: runId, sessionId, input: 'safe guarded', output: 'safe: ok, guarded: ok' },
    ]);
    await expect(client.get(`/api/sessions/${sessionId}`)).rejects.toMatchObject({ status: 404 });
  });

  it('asks for what is beside runs, and is answered', async () => {
    const { ann } = await aSite();

    expect(await ann.get('/api/v1/health')).toEqual({ status: 'UP' });
    expect(await ann.get('/api/v1/provider-credentials')).toEqual([]);
    expect(await ann.get('/api/v1/approvals/human-review')).toEqual([]);
    expect(await ann.get('/v3/api-docs')).toMatchObject({ openapi: '3.1.0' });
    expect(await ann.get('/api/tools')).toEqual(
      ['safe', 'risky', 'guarded'].map((name) => ({
        id: name,
        label: name,
        desc: name,
        category: 'worker',
      })),
    );
  });

  it('asks for many statuses with the name several times', async () => {
    const { ann } = await aSite();
    const ids = [];
    for (const message of ['safe', 'nothing'])
      ids.push(...dataOf(await ann.stream('worker', message), 'START'));
    const query = ids.map((id) => `runIds=${id}`).join('&');

    const statuses = await ann.get(`/api/agents/worker/runs/status?${query}`);

    expect(statuses).toMatchObject(ids.map((runId) => ({ runId, id: runId })));
  });
});

describe('a stream', () => {
  it('of an answer has its words, what it cost, what to ask next, and an end', async () => {
    const { ann } = await aSite({
      agent: { model: scriptedModel(({ message }) => ({ text: message })) },
    });

    const streamed = await ann.stream('worker', 'hello there');

    const [runId] = dataOf(streamed, 'START');
    expect(runId).toMatch(/^run_/);
    expect(dataOf(streamed, 'CONTENT_DELTA').join('')).toBe('hello there');
    expect(dataOf(streamed, 'CONTENT_DONE')).toEqual(['hello there']);
    expect(JSON.parse(dataOf(streamed, 'METRICS')[0] ?? '')).toMatchObject({
      llmCalls: 1,
      totalTokens: expect.any(Number),
    });
    expect(JSON.parse(dataOf(streamed, 'FOLLOWUP_SUGGESTION')[0] ?? '')).toEqual(expect.any(Array));
    expect(kindsOf(streamed).slice(-3)).toEqual(['CONTENT_DONE', 'METRICS', 'STOP']);
    expect(streamed.done).toBe(true);
  });

  it('tells the call of a tool, and what came of it', async () => {
    const { ann } = await aSite();

    const streamed = await ann.stream('worker', 'safe nothing');

    expect(dataOf(streamed, 'TOOL_START').map((text) => JSON.parse(text))).toEqual([
      { id: 'call_0_0', name: 'safe', arguments: '{"n":0}' },
    ]);
    expect(dataOf(streamed, 'TOOL_END').map((text) => JSON.parse(text))).toEqual([
      { id: 'call_0_0', name: 'safe', result: 'safe done' },
    ]);
    expect(dataOf(streamed, 'TOOL_ERROR').map((text) => JSON.parse(text))).toMatchObject([
      { id: 'call_1_0', error: 'There is no tool nothing.' },
    ]);
  });

  it('of a run that fails says why', async () => {
    const { ann } = await aSite({ agent: { limits: { maxSteps: 1 } } });

    const streamed = await ann.stream('worker', 'safe');

    expect(dataOf(streamed, 'ERROR')).toEqual(['The agent came to no end in 1 model calls.']);
    expect(streamed).toMatchObject({ done: true });
  });

  it('of a run that is cancelled says so', async () => {
    const { ann } = await aSite();
    const headers = { 'Idempotency-Key': 'once' };
    const [runId] = dataOf(await ann.stream('worker', 'guarded', { headers }), 'START');
    await ann.delete(`/api/agents/worker/runs/${runId}`);

    const streamed = await ann.stream('worker', 'guarded', { headers });

    expect(dataOf(streamed, 'CANCELLED')).toEqual(['Cancelled by user:ann']);
    expect(kindsOf(streamed)).toContain('PAUSED');
    expect(streamed.done).toBe(true);
  });

  it('goes on where it broke off, when the same request comes with the last id', async () => {
    const { ann } = await aSite();
    const headers = { 'Idempotency-Key': 'once' };
    const first = await ann.stream('worker', 'guarded', { headers });
    const { approvalId } = actionOf(first);
    await ann.post(`/api/v1/approvals/${approvalId}/decide`, { decision: 'reject', payload: {} });

    const rest = await ann.stream('worker', 'guarded', {
      headers: { ...headers, 'Last-Event-ID': first.lastEventId ?? '' },
    });

    expect(kindsOf(rest)).toEqual([
      'CONTENT_DELTA',
      'FOLLOWUP_SUGGESTION',
      'CONTENT_DONE',
      'METRICS',
      'STOP',
    ]);
    expect(dataOf(rest, 'CONTENT_DONE')).toEqual(['guarded: denied']);
  });

  it('goes on after any event that was read, and repeats nothing', async () => {
    const { call } = await aSite();
    const framesAfter = async (lastEventId?: string) => {
      const { text } = await call({
        httpMethod: 'POST',
        path: '/api/agents/worker/runs/stream',
        json: { message: 'safe risky' },
        headers: {
          ...{ authorization: `Bearer ${devToken}`, 'idempotency-key': 'once' },
          ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
        },
      });
      return text.split('\n\n').flatMap((frame) => {
        const id = /^id: ?(.+)$/m.exec(frame)?.[1];
        const data = /^data: ?(.+)$/m.exec(frame)?.[1];
        return id === undefined || data === undefined ? [] : [{ id, data }];
      });
    };
    const whole = await framesAfter();

    for (const { id } of whole) {
      const seen = whole.findLastIndex((frame) => frame.id === id);
      expect(await framesAfter(id)).toEqual(whole.slice(seen + 1));
    }
    expect(whole.length).toBeGreaterThan(5);
  });

  it('tells all of a run that was paused and is over, to who comes without an id', async () => {
    const { ann } = await aSite();
    const headers = { 'Idempotency-Key': 'once' };
    const { approvalId } = actionOf(await ann.stream('worker', 'guarded', { headers }));
    await ann.post(`/api/v1/approvals/${approvalId}/resolve`, { decision: 'APPROVED' });
    await ann.stream('worker', 'guarded', { headers });

    const again = await ann.stream('worker', 'guarded', { headers });

    expect(kindsOf(again)).toContain('PAUSED');
    expect(kindsOf(again).at(-1)).toBe('STOP');
  });

  it('has only its end for who has seen all', async () => {
    const { ann } = await aSite();
    const headers = { 'Idempotency-Key': 'once' };
    const { lastEventId = '' } = await ann.stream('worker', 'safe', { headers });

    const again = await ann.stream('worker', 'safe', {
      headers: { ...headers, 'Last-Event-ID': lastEventId },
    });

    expect(again).toMatchObject({ chunks: [], done: true });
  });

  it('takes an id that is of no run of its own for none', async () => {
    const { ann } = await aSite();

    const streamed = await ann.stream('worker', 'safe', { headers: { 'Last-Event-ID': '99' } });

    expect(kindsOf(streamed)[0]).toBe('START');
  });

  it('comes as a whole where nothing is sent before the end', async () => {
    const { ann } = await aSite({ waiting: { streaming: false } });

    const paused = await ann.stream('worker', 'safe guarded');

    expect(kindsOf(paused).at(-1)).toBe('PAUSED');
    expect(paused.done).toBe(true);
  });

  it('ends without [DONE] when its time is up, and is resumed', async () => {
    const { ann, clock } = await aSite({ waiting: { streaming: false, limitMs: 1000 } });
    const headers = { 'Idempotency-Key': 'once' };
    const { lastEventId = '' } = await ann.stream('worker', 'guarded', { headers });

    const waiting = ann.stream('worker', 'guarded', {
      headers: { ...headers, 'Last-Event-ID': lastEventId },
    });
    const timer = setInterval(() => clock.advance(1000), 10);
    const waited = await waiting.finally(() => clearInterval(timer));

    expect(waited).toMatchObject({ chunks: [], done: false });
  });

  it('of an agent that there is not is a problem', async () => {
    const { ann } = await aSite();

    await expect(ann.stream('nobody', 'hello')).rejects.toMatchObject({
      status: 404,
      problem: { type: 'urn:problem-type:resource-not-found', status: 404 },
    });
  });
});

describe('a timeline', () => {
  it('goes on after the last id, and repeats nothing', async () => {
    const { ann } = await aSite();
    const [runId = ''] = dataOf(await ann.stream('worker', 'safe'), 'START');
    const whole = await all(ann.timeline(runId));

    for (const { id } of whole)
      expect(await all(ann.timeline(runId, id))).toEqual(whole.filter((event) => event.id > id));
    expect(whole.map(({ id }) => id)).toEqual(whole.map(({ id }) => id).toSorted((a, b) => a - b));
  });

  it('begins with what is new where that is asked for', async () => {
    const { ann } = await aSite();
    const paused = await ann.stream('worker', 'guarded');
    const [runId = ''] = dataOf(paused, 'START');
    const fresh = all(ann.timeline(runId, -1));
    await ann.post(`/api/v1/approvals/${actionOf(paused).approvalId}/resolve`, {
      decision: 'REJECTED',
    });

    expect((await fresh).at(-1)?.eventType).toBe('RUN_COMPLETE');
    expect((await fresh).map(({ eventType }) => eventType)).not.toContain('RUN_START');
  });

  it('says what a tool was asked and how long it took', async () => {
    const { ann } = await aSite();
    const [runId = ''] = dataOf(await ann.stream('worker', 'safe nothing'), 'START');

    const tools = (await all(ann.timeline(runId))).filter(({ eventType }) =>
      eventType.startsWith('TOOL_'),
    );

    expect(tools).toMatchObject([
      { payload: { toolName: 'safe', arguments: { n: 0 } } },
      { payload: { toolName: 'safe', isError: false, durationMs: expect.any(Number) } },
      { payload: { toolName: 'nothing', isError: true } },
    ]);
  });

  it.each(['RUN_FAILED', 'RUN_CANCELLED'])('ends with %s', async (ending) => {
    const { ann } = await aSite({ agent: { limits: { maxSteps: 1 } } });
    const message = ending === 'RUN_FAILED' ? 'safe' : 'guarded';
    const [runId = ''] = dataOf(await ann.stream('worker', message), 'START');
    if (ending === 'RUN_CANCELLED') await ann.delete(`/api/agents/worker/runs/${runId}`);

    expect((await all(ann.timeline(runId))).at(-1)?.eventType).toBe(ending);
  });

  it('of another tenant is not found', async () => {
    const { ann, logInAs } = await aSite();
    const [runId = ''] = dataOf(await ann.stream('worker', 'safe'), 'START');
    const ben = await logInAs('ben', [], 'beta');

    await expect(all(ben.timeline(runId))).rejects.toMatchObject({ status: 404 });
  });
});
