const titleOf = (name: string) => {
  const words = name.replaceAll('-', ' ');
  return words.slice(0, 1).toUpperCase() + words.slice(1);
};

/** An agent with one tool, which needs no key. */
export const agentSource = (
  id: string,
  name: string,
) => `import { defineAgent, defineTool } from 'longrun/agent';
import { scriptedModel } from 'longrun/scripted-model';
import * as z from 'zod';

const countLetters = defineTool({
  name: 'count_letters',
  description: 'Counts the letters of a text.',
  input: z.object({ text: z.string() }),
  // Twice does no harm. Leave it out for a tool that sends, writes or pays.
  idempotent: true,
  // A person is asked first with: approval: { when: 'always' },
  execute: ({ text }) => ({ letters: text.match(/\\p{L}/gu)?.length ?? 0 }),
});

export default defineAgent({
  id: '${id}',
  name: '${titleOf(name)}',
  description: 'Counts the letters of what it is told.',
  instructions: 'Count the letters of the message with count_letters, and say how many there are.',
  tools: [countLetters],
  // A script needs no key. With the key of a provider, a model decides by itself: model: 'default',
  model: scriptedModel(({ message, results, wantsJson }) => {
    if (wantsJson) return { json: { questions: [] } };
    const [result] = results;
    return result
      ? { text: \`I counted: \${JSON.stringify(result.value)}\` }
      : {
          reasoning: 'I count the letters of the message.',
          toolCalls: [{ name: 'count_letters', input: { text: message } }],
        };
  }),
});
`;

export const testSource = (id: string, name: string) => `import { expect, it } from 'vitest';
import agent from '../../agents/${name}.ts';
import { Conversation } from './conversation.ts';

it('${id} counts the letters of what it is told', async () => {
  const { text, calls } = await new Conversation(agent).say('Hello, Ada!');

  expect(calls).toMatchObject([{ name: 'count_letters', input: { text: 'Hello, Ada!' } }]);
  expect(text).toBe('I counted: {"letters":8}');
});
`;
