import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { FileBlobStore } from '#adapters/embedded/file-blob-store.ts';
import type { AgentDefinition } from '#agent/define-agent.ts';
import { makeAgent } from '#agent/make-agent.ts';
import { type Script, type ScriptContext, scriptedModel } from '#agent/scripted-model.ts';
import { anAgent } from '../builders/an-agent.ts';
import { aFolder } from '../builders/an-engine.ts';
import { aTool } from './a-tool.ts';
import { AgentDriver, listeningModel } from './agent-driver.ts';

const output = z.object({ summary: z.string(), score: z.number() });
const good = { summary: 'Fine', score: 7 };

/** Answers with these, one after the other. */
const answering =
  (...answers: unknown[]): Script =>
  ({ mistakes }) => {
    const answer = answers[mistakes.length];
    return typeof answer === 'string' ? { text: answer } : { json: answer };
  };

const driverOf = (script: Script, more: Partial<AgentDefinition> = {}) =>
  new AgentDriver(anAgent({ output, script, ...more }));

describe('an agent that declares its output', () => {
  it('gives its answer as data, and its summary as the content', async () => {
    const outcome = await driverOf(answering(good)).drive();

    expect(outcome).toEqual({
      kind: 'done',
      output: { content: 'Fine', followups: [], structured: good },
    });
  });

  it.each<[string, NonNullable<AgentDefinition['output']>, unknown]>([
    ['no summary', z.object({ score: z.number() }), { score: 7 }],
    ['a summary that is no text', z.object({ summary: z.number() }), { summary: 7 }],
    ['no object', z.array(z.string()), ['a', 'b']],
  ])('has the JSON as its content where it has %s', async (_, shape, answer) => {
    const outcome = await driverOf(answering(answer), { output: shape }).drive();

    expect(outcome).toMatchObject({
      output: { content: JSON.stringify(answer), structured: answer },
    });
  });

  it('may declare it as a JSON Schema', async () => {
    const schema = {
      type: 'object',
      properties: { summary: { type: 'string' } },
      required: ['summary'],
    } as const;
    const driver = driverOf(answering({ summary: 1 }, { summary: 'Fine' }), { output: schema });

    expect(await driver.answer()).toBe('Fine');
    expect(driver.usages).toHaveLength(2);
  });

  it('keeps what its schema makes of the answer', async () => {
    const shape = z.object({ tags: z.array(z.string()).default([]) });
    const outcome = await driverOf(answering({ more: 1 }), { output: shape }).drive();

    expect(outcome).toMatchObject({ output: { structured: { tags: [] } } });
  });

  it('asks the model for JSON that fits, and for nothing else in it', async () => {
    const { model, heard } = listeningModel(scriptedModel(answering(good)));

    await driverOf(answering(good), { model }).drive();

    expect(heard[0]?.responseFormat).toEqual({
      type: 'json',
      name: 'answer',
      schema: {
        type: 'object',
        properties: { summary: { type: 'string' }, score: { type: 'number' } },
        required: ['summary', 'score'],
        additionalProperties: false,
      },
    });
  });

  it('takes an answer in a fence', async () => {
    const fenced = `\`\`\`json\n${JSON.stringify(good)}\n\`\`\``;

    expect(await driverOf(answering(fenced)).answer()).toBe('Fine');
  });

  it('tells readers the content, and not the JSON that it is made of', async () => {
    const driver = driverOf(answering({ summary: 7 }, good));

    await driver.drive();

    expect(driver.events.filter(({ type }) => type === 'text.delta')).toEqual([
      { type: 'text.delta', data: { text: 'Fine' } },
    ]);
  });

  it('is refused where its schema cannot be checked', () => {
    const schema = { type: 'object', dependencies: { a: ['b'] } } as const;
    const make = () => makeAgent(anAgent({ output: schema }), 'v1', new FileBlobStore(aFolder()));

    expect(make).toThrow('dependencies is not supported');
  });
});

describe('an answer that does not fit', () => {
  it.each([
    ['no JSON', 'Fine, 7', 'it is not JSON'],
    ['a field of another type', { ...good, score: 'x' }, /^score: .*number/],
    ['a field missing', { score: 7 }, /^summary: .*string/],
    ['no object', [], /^answer: .*object/],
  ])('goes back to the model with what is wrong: %s', async (_, answer, wrong) => {
    const heard: ScriptContext[] = [];
    const driver = driverOf((context) => {
      heard.push(context);
      return answering(answer, good)(context);
    });

    const outcome = await driver.drive();

    expect(outcome).toMatchObject({ output: { structured: good } });
    expect(heard[1]?.mistakes).toEqual([
      typeof wrong === 'string' ? wrong : expect.stringMatching(wrong),
    ]);
    expect(heard[1]?.message).toBe('hello');
    expect(driver.messages.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'user',
      'assistant',
    ]);
  });

  it('costs a step of its own, which another process may take', async () => {
    const agent = anAgent({ output, script: answering({}, good) });
    const first = new AgentDriver(agent);

    const { outcome } = await first.step();
    const second = await first.inAnotherProcess(agent).drive();

    expect(outcome).toEqual({ kind: 'continue' });
    expect(second).toMatchObject({ output: { structured: good } });
  });

  it('ends the run where the agent has no step left', async () => {
    const driver = driverOf(answering({}, {}, good), { limits: { maxSteps: 2 } });

    expect(await driver.drive()).toMatchObject({ kind: 'fail', error: { code: 'step_limit' } });
  });

  it('is not what tools did: their results are not forgotten', async () => {
    const script: Script = ({ results, mistakes }) => {
      if (results.length === 0) return { toolCalls: [{ name: 'work', input: { n: 1 } }] };
      return { json: mistakes.length === 0 ? {} : { ...good, score: results.length } };
    };
    const driver = driverOf(script, { tools: [aTool()] });

    const outcome = await driver.drive();

    expect(outcome).toMatchObject({ output: { structured: { score: 1 } } });
    expect(driver.toolCalls).toHaveLength(1);
  });
});

it('keeps the data beside follow-up questions', async () => {
  const agent = anAgent({
    output,
    script: ({ jsonName }) =>
      jsonName === 'answer' ? { json: good } : { json: { questions: ['Why?'] } },
  });
  const driver = new AgentDriver(agent, { request: { generateFollowups: true } });

  await driver.step();
  const outcome = await driver.inAnotherProcess(agent).drive();

  expect(outcome).toEqual({
    kind: 'done',
    output: { content: 'Fine', followups: ['Why?'], structured: good },
  });
});
