import * as z from 'zod';
import {
  type AgentDefinition,
  defineAgent,
  defineTool,
  type ToolContext,
} from '#agent/define-agent.ts';
import { type Script, scriptedModel } from '#agent/scripted-model.ts';

export const anAgent = (
  overrides: Partial<AgentDefinition> & { script?: Script },
): AgentDefinition => {
  const { script, ...rest } = overrides;
  return defineAgent({
    id: 'agent',
    name: 'Agent',
    description: 'An agent of a test',
    instructions: 'Do as the test says.',
    model: scriptedModel(script ?? (({ message }) => ({ text: message }))),
    ...rest,
  });
};

export const echoAgent = () =>
  anAgent({ id: 'echo', script: ({ message }) => ({ text: `echo ${message}` }) });

export interface Effect {
  readonly tool: string;
  readonly key: string;
}

/**
 * An agent that works through the words of its message: each names a tool that is called, one after
 * the other, before it answers. `safe` is idempotent, `risky` is not, `guarded` needs an approval.
 */
export function workingAgent(
  did: (effect: Effect, context: ToolContext) => void | Promise<void>,
  overrides: Partial<AgentDefinition> = {},
): AgentDefinition {
  const tool = (name: string, more: object = {}) =>
    defineTool({
      name,
      description: name,
      input: z.object({ n: z.number() }),
      execute: async (_, context) => {
        await did({ tool: name, key: context.idempotencyKey }, context);
        return `${name} done`;
      },
      ...more,
    });
  return anAgent({
    id: 'worker',
    tools: [
      tool('safe', { idempotent: true }),
      tool('risky'),
      tool('guarded', { approval: { when: 'always' } }),
    ],
    script: ({ message, turn, results }) => {
      const name = message.split(' ')[turn];
      return name
        ? { reasoning: `Now ${name}.`, toolCalls: [{ name, input: { n: turn } }] }
        : { text: results.map((result) => `${result.toolName}: ${result.outcome}`).join(', ') };
    },
    ...overrides,
  });
}
