import { describe, expect, it } from 'vitest';
import { anAgent } from '../../builders/an-agent.ts';
import { anAgentWith, aTool } from '../a-tool.ts';
import { AgentDriver } from '../agent-driver.ts';
import { fakeProviders, modelIds } from './fake-providers.ts';

const usage = { input_tokens: 11, output_tokens: 4, prompt_tokens: 11, completion_tokens: 4 };

const questions = { questions: ['Why?', 'How?'] };
const suggestion = JSON.stringify(questions);

const providers = fakeProviders(
  // On Bedrock JSON is what a tool of this name is called with.
  {
    match: { toolName: 'json' },
    response: { toolCalls: [{ name: 'json', arguments: suggestion }] },
  },
  { match: { systemMessage: 'Suggest up to 3' }, response: { content: suggestion } },
  {
    match: { userMessage: 'call', hasToolResult: false },
    response: {
      content: 'Let me work.',
      toolCalls: [{ name: 'work', arguments: '{"n":7}', id: 'toolu_1' }],
    },
  },
  { match: { userMessage: 'call', hasToolResult: true }, response: { content: 'Worked.' } },
  {
    match: { userMessage: 'hello' },
    response: { content: 'Hello, how are you today?', usage },
    chunkSize: 6,
  },
);

describe.each(Object.entries(modelIds))('a model of %s', (_, model) => {
  const access = () => providers.access();

  it('answers, streaming, and counts its tokens', async () => {
    providers.front.meet();
    const run = new AgentDriver(anAgent({ model }), { access: access() });

    const answer = await run.answer();

    expect(answer).toBe('Hello, how are you today?');
    const told = run.events.flatMap((event) =>
      event.type === 'text.delta' ? [event.data.text] : [],
    );
    expect(told.length).toBeGreaterThan(2);
    expect(told.join('')).toBe(answer);
    expect(run.usages).toEqual([{ inputTokens: 11, outputTokens: 4 }]);
    expect(providers.front.requests).toHaveLength(1);
  });

  it('is told its instructions, the options of the request and the tools', async () => {
    providers.front.meet();
    const options = { temperature: 0.5, maxTokens: 77 };
    const agent = anAgentWith(aTool(), { model, instructions: 'Be brief.' });
    const run = new AgentDriver(agent, { access: access(), request: { options } });

    await run.answer();

    const sent = JSON.stringify(providers.front.requests[0]?.body);
    expect(sent).toContain('Be brief.');
    expect(sent).toMatch(/"temperature":0\.5/);
    expect(sent).toMatch(/"(?:max_tokens|maxTokens|max_output_tokens)":77/);
    expect(sent).toContain('"work"');
  });

  it('calls a tool and goes on with its result', async () => {
    const run = new AgentDriver(anAgentWith(aTool(), { model }), {
      access: access(),
      request: { message: 'call' },
    });

    expect(await run.answer()).toBe('Worked.');
    expect(run.toolCalls).toMatchObject([
      { name: 'work', arguments: { n: 7 }, output: { value: { n: 7 } } },
    ]);
  });

  it('suggests questions after an answer for which it called a tool', async () => {
    const run = new AgentDriver(anAgentWith(aTool(), { model }), {
      access: access(),
      request: { message: 'call', generateFollowups: true },
    });

    expect(await run.drive()).toEqual({
      kind: 'done',
      output: { content: 'Worked.', followups: questions.questions },
    });
  });
});
