import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { describe, expect, it } from 'vitest';
import type { AgentLimits } from '#agent/define-agent.ts';
import { scriptedModel } from '#agent/scripted-model.ts';
import { anEngine } from '../builders/an-engine.ts';
import { anAgentWith, aTool } from './a-tool.ts';
import { AgentDriver } from './agent-driver.ts';

const unknown = { noCache: undefined, cacheRead: undefined, cacheWrite: undefined };
const finish: LanguageModelV4StreamPart = {
  type: 'finish',
  finishReason: { unified: 'stop', raw: undefined },
  usage: {
    inputTokens: { total: 70, ...unknown },
    outputTokens: { total: 30, text: undefined, reasoning: undefined },
  },
};

/** Calls its tool so many times before it answers; each model call uses 100 tokens. */
const countingModel = (toolCalls: number): LanguageModelV4 => ({
  ...scriptedModel(() => ({})),
  doStream: async ({ prompt, responseFormat }) => {
    const made = prompt.filter(({ role }) => role === 'tool').length;
    const said: LanguageModelV4StreamPart =
      responseFormat?.type !== 'json' && made < toolCalls
        ? { type: 'tool-call', toolCallId: `call_${made}`, toolName: 'work', input: '{"n":1}' }
        : { type: 'text-delta', id: 'text', delta: '{"questions":["Why?"]}' };
    return { stream: ReadableStream.from([said, finish]) };
  },
});

const anAgent = (limits: AgentLimits, toolCalls: number) =>
  anAgentWith(aTool(), { model: countingModel(toolCalls), limits });

describe('a run with a limit of tokens', () => {
  it.each([
    [1, 1],
    [100, 1],
    [101, 2],
    [299, 3],
    [300, 3],
    [301, 4],
  ])('of %d makes %d model calls of 100 tokens, then it fails', async (maxTokens, calls) => {
    const run = new AgentDriver(anAgent({ maxTokens }, 10));

    const outcome = await run.drive();

    expect(outcome).toMatchObject({
      kind: 'fail',
      error: {
        code: 'token_limit',
        message: `The agent came to no end with ${maxTokens} tokens: it has used ${calls * 100}.`,
      },
    });
    expect(run.toolCalls).toHaveLength(calls);
  });

  it('keeps an answer that has used more than there were', async () => {
    const run = new AgentDriver(anAgent({ maxTokens: 150 }, 1));

    expect(await run.drive()).toMatchObject({ kind: 'done' });
  });

  it('thinks of no more questions once they are used up', async () => {
    const request = { generateFollowups: true };
    const within = new AgentDriver(anAgent({ maxTokens: 201 }, 1), { request });
    const beyond = new AgentDriver(anAgent({ maxTokens: 200 }, 1), { request });

    expect(await within.drive()).toMatchObject({ output: { followups: ['Why?'] } });
    expect(await beyond.drive()).toMatchObject({ output: { followups: [] } });
    expect(beyond.usages).toHaveLength(3 + 1);
    expect(beyond.usage).toEqual({ inputTokens: 140, outputTokens: 60 });
  });

  it('thinks of more questions although all its steps are taken', async () => {
    const request = { generateFollowups: true };
    const run = new AgentDriver(anAgent({ maxSteps: 2 }, 1), { request });

    expect(await run.drive()).toMatchObject({ output: { followups: ['Why?'] } });
  });

  it('ends FAILED with what it has used', async () => {
    const engine = await anEngine({
      agents: [{ ...anAgent({ maxTokens: 250 }, 10), id: 'limited' }],
    });
    const submitted = await engine.submit({ agentId: 'limited' });

    const run = await engine.reach(submitted, (one) => 'completedAt' in one);

    expect(run).toMatchObject({
      status: 'FAILED',
      error: { code: 'token_limit' },
      usage: { inputTokens: 210, outputTokens: 90 },
    });
  });

  it('counts the tokens of its own run alone', async () => {
    const engine = await anEngine({
      agents: [{ ...anAgent({ maxTokens: 201 }, 1), id: 'limited' }],
    });
    const first = await engine.submit({ agentId: 'limited' });
    await engine.reach(first, ({ status }) => status === 'COMPLETED');

    const second = await engine.submit({ agentId: 'limited', sessionId: first.sessionId });

    expect(await engine.reach(second, (one) => 'completedAt' in one)).toMatchObject({
      status: 'COMPLETED',
    });
  });
});
