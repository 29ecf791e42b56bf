import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defineTool } from '#agent/define-agent.ts';
import { anAgent } from '../builders/an-agent.ts';
import { anApi } from '../builders/an-api.ts';

const large = { rows: Array.from({ length: 20_000 }, (_, i) => `row ${i}`) };

const tool = (name: string, execute: () => unknown, more: object = {}) =>
  defineTool({ name, description: '', input: z.object({ n: z.number() }), execute, ...more });

const agent = anAgent({
  id: 'caller',
  tools: [
    tool('small', () => ({ found: 1 })),
    tool('large', () => large),
    tool('failing', () => Promise.reject(new Error('no such table'))),
    tool('guarded', () => 'done', { approval: { when: 'always' } }),
  ],
  script: ({ message, turn }) => {
    const name = message.split(' ')[turn];
    return name ? { toolCalls: [{ name, input: { n: turn } }] } : { text: 'done' };
  },
});

const runs = '/api/agents/caller/runs';
const Calls = z.object({
  toolCalls: z.array(z.looseObject({ links: z.object({ self: z.string() }) })),
});

async function aRun(message: string) {
  const { call } = await anApi({ agents: [agent], publicBaseUrl: 'https://example.com' });
  const { json } = await call({ httpMethod: 'POST', path: runs, json: { message } });
  const { runId } = z.object({ runId: z.string() }).parse(json);
  const list = async () =>
    Calls.parse((await call({ path: `/api/runs/${runId}/tool-calls` })).json).toolCalls;
  return { call, runId, list };
}

describe('the tool calls of a run', () => {
  it('are listed in order with what came of each', async () => {
    const { call, runId, list } = await aRun('small failing guarded guarded');
    const decide = (json: object) =>
      call({ httpMethod: 'POST', path: `${runs}/${runId}/continue`, json });
    await decide({ action: 'APPROVE', arguments: { n: 9 } });
    await decide({ action: 'REJECT', reason: 'no' });

    expect(await list()).toMatchObject([
      { tool: 'small', arguments: { n: 0 }, outcome: 'ok', result: { found: 1 } },
      { tool: 'failing', arguments: { n: 1 }, outcome: 'error', result: 'no such table' },
      { tool: 'guarded', arguments: { n: 9 }, outcome: 'ok', result: 'done' },
      { tool: 'guarded', arguments: { n: 3 }, outcome: 'denied', result: 'no' },
    ]);
  });

  it('are listed with a part of a large result, and lead to the whole of it', async () => {
    const { call, list } = await aRun('large');

    const [listed] = await list();
    const path = listed?.links.self.replace('https://example.com', '') ?? '';
    const { status, json } = await call({ path });

    expect(listed).toMatchObject({
      cutFromBytes: Buffer.byteLength(JSON.stringify(large)),
      result: expect.stringContaining('are left out here'),
    });
    expect(status).toBe(200);
    expect(json).toEqual({
      toolCallId: 'call_0_0',
      tool: 'large',
      arguments: { n: 0 },
      outcome: 'ok',
      result: large,
    });
  });

  it('are none before there are any', async () => {
    const { list } = await aRun('guarded');

    expect(await list()).toEqual([]);
  });

  it.each(['call_9_9', '..%2F..', '%00'])('are not found by the id %s', async (id) => {
    const { call, runId } = await aRun('small');

    const { status, json } = await call({ path: `/api/runs/${runId}/tool-calls/${id}` });

    expect(status).toBe(404);
    expect(json).toMatchObject({ code: 'tool_call_not_found' });
  });
});
