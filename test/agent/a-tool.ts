import * as z from 'zod';
import { type AgentDefinition, defineTool, type ToolContext } from '#agent/define-agent.ts';
import type { Script } from '#agent/scripted-model.ts';
import { anAgent } from '../builders/an-agent.ts';

interface ToolOptions extends Partial<Parameters<typeof defineTool>[0]> {
  /** @default - gives back its arguments */
  readonly does?: (args: unknown, context: ToolContext) => unknown;
}

/** A tool `work` that takes a number `n`. */
export function aTool({ does = (args) => args, ...overrides }: ToolOptions = {}) {
  return defineTool({
    name: 'work',
    description: 'Works',
    input: z.object({ n: z.number() }),
    execute: does,
    ...overrides,
  });
}

interface Call {
  readonly name?: string;
  readonly input?: unknown;
}

/** Calls tools, one turn after the other, and then says what came of it. */
export const callsInTurn =
  (...turns: readonly (readonly Call[])[]): Script =>
  ({ turn, results }) => {
    const calls = turns[turn];
    return calls
      ? { toolCalls: calls.map(({ name = 'work', input = { n: 1 } }) => ({ name, input })) }
      : { text: results.map(({ outcome, value }) => `${outcome}: ${say(value)}`).join('; ') };
  };

const say = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** An agent that calls its tool once and then says what came of it. */
export const anAgentWith = (
  tool: ReturnType<typeof aTool>,
  { script = callsInTurn([{}]), ...more }: Partial<AgentDefinition> & { script?: Script } = {},
) => anAgent({ tools: [tool], script, ...more });
