import { describe, expect, it } from 'vitest';
import { type ScriptedTurn, scriptedModel } from '#agent/scripted-model.ts';
import { anAgent } from '../builders/an-agent.ts';
import { anAgentWith, aTool, callsInTurn } from './a-tool.ts';
import { AgentDriver, listeningModel } from './agent-driver.ts';

const request = { generateFollowups: true };

const modelSuggesting = (turn: ScriptedTurn) =>
  scriptedModel(({ wantsJson }) => (wantsJson ? turn : { text: 'the answer' }));

/** An agent that answers, and then says this when it is asked for follow-up questions. */
const suggesting = (turn: ScriptedTurn) => anAgent({ model: modelSuggesting(turn) });

describe('follow-up questions', () => {
  it('come with the answer and are told to whoever reads along', async () => {
    const run = new AgentDriver(suggesting({ json: { questions: ['Why?', 'How?'] } }), { request });

    const outcome = await run.drive();

    const questions = ['Why?', 'How?'];
    expect(outcome).toEqual({
      kind: 'done',
      output: { content: 'the answer', followups: questions },
    });
    expect(run.events.at(-1)).toEqual({ type: 'followups', data: { questions } });
  });

  it('are not asked for unless the caller wants them', async () => {
    const { model, heard } = listeningModel(modelSuggesting({ json: { questions: ['Why?'] } }));
    const run = new AgentDriver(anAgent({ model }));

    const outcome = await run.drive();

    expect(outcome).toMatchObject({ output: { followups: [] } });
    expect(heard).toHaveLength(1);
  });

  it('are three at most', async () => {
    const run = new AgentDriver(suggesting({ json: { questions: ['1', '2', '3', '4'] } }), {
      request,
    });

    expect(await run.drive()).toMatchObject({ output: { followups: ['1', '2', '3'] } });
  });

  it.each<[string, ScriptedTurn]>([
    ['no JSON', { text: 'You could ask why.' }],
    ['nothing', {}],
    ['a list alone', { json: ['Why?'] }],
    ['no texts', { json: { questions: [1] } }],
    ['an empty question', { json: { questions: ['Why?', ''] } }],
    ['a refusal', { json: { error: 'no' } }],
    ['null', { json: null }],
  ])('are none when the model says %s, and the answer is the same', async (_, turn) => {
    const run = new AgentDriver(suggesting(turn), { request });

    expect(await run.drive()).toMatchObject({ output: { content: 'the answer', followups: [] } });
  });

  it.each<[string, ScriptedTurn]>([
    ['in a fence', { text: '```json\n{"questions": ["Why?", "How?"]}\n```' }],
    ['in several lines', { json: { questions: [' Why?\n', 'How?'] } }],
  ])('may be written %s', async (_, turn) => {
    const run = new AgentDriver(suggesting(turn), { request });

    expect(await run.drive()).toMatchObject({ output: { followups: ['Why?', 'How?'] } });
  });

  it.each([
    ['a\n\n- b', 'a - b'],
    ['  a\tb  ', 'a b'],
  ])('are one line each: %j', async (question, line) => {
    const run = new AgentDriver(suggesting({ json: { questions: [question] } }), { request });

    expect(await run.drive()).toMatchObject({ output: { followups: [line] } });
  });

  it('are a step of their own, whose tokens count and whose words are not the answer', async () => {
    const run = new AgentDriver(suggesting({ json: { questions: ['Why?'] } }), { request });

    await run.drive();

    expect(run.usages).toHaveLength(2);
    expect(run.usages.every(({ outputTokens }) => outputTokens > 0)).toBe(true);
    expect(run.messages.map(({ role }) => role)).toEqual(['user', 'assistant']);
    expect(run.events.filter(({ type }) => type === 'text.delta')).toHaveLength(2);
  });

  it('are asked about the conversation, as JSON, without tools and without a limit', async () => {
    const { model, heard } = listeningModel(scriptedModel(callsInTurn([{}])));
    const agent = anAgentWith(aTool(), { model, instructions: 'Be brief.' });
    const run = new AgentDriver(agent, {
      request: { ...request, options: { maxTokens: 1000, temperature: 1 } },
    });

    await run.drive();

    const asked = heard.at(-1);
    expect(heard).toHaveLength(3);
    expect(asked).toMatchObject({ responseFormat: { type: 'json' }, temperature: 1 });
    expect(asked).not.toHaveProperty('tools');
    expect(asked).not.toHaveProperty('maxOutputTokens');
    expect(asked?.prompt[0]?.content).toMatch(/^Be brief\.\n\n.*questions/);
    expect(asked?.prompt.slice(1).map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'assistant',
    ]);
  });
});
