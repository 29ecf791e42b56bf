import type { Agent, StepInput, StepResult } from '#core/run/agents.ts';
import { type LoopAgent, step } from './agent-loop.ts';
import { firstState } from './agent-state.ts';
import type { SourcedTool, ToolSource } from './define-agent.ts';

/** The tools cannot be had. The message is for the caller. */
export class ToolSourceError extends Error {
  override readonly name = 'ToolSourceError';
}

/** The steps of an agent with the tools that its sources have now. */
export const sourcedStep =
  (loop: LoopAgent, sources: readonly ToolSource[]): Agent['step'] =>
  async (input) => {
    try {
      const found = await Promise.all(sources.map((source) => source.tools(input.signal)));
      return await step(withTools(loop, found.flat()), input);
    } catch (error) {
      if (!(error instanceof ToolSourceError)) throw error;
      return failure(input, error.message);
    }
  };

function withTools(loop: LoopAgent, sourced: readonly SourcedTool[]): LoopAgent {
  const tools = [...(loop.definition.tools ?? []), ...sourced.map(({ tool }) => tool)];
  const names = tools.map(({ name }) => name);
  const doubled = names.find((name, i) => names.indexOf(name) !== i);
  if (doubled !== undefined) throw new ToolSourceError(`Two tools are named ${doubled}`);
  const schemas = sourced.map(({ tool: { name, description }, inputSchema }) => ({
    type: 'function' as const,
    name,
    description,
    inputSchema,
  }));
  return {
    ...loop,
    tools,
    definition: { ...loop.definition, tools },
    toolSchemas: [...loop.toolSchemas, ...schemas],
  };
}

const failure = ({ state }: StepInput, message: string): StepResult => ({
  outcome: { kind: 'fail', error: { code: 'agent_error', message } },
  state: state ?? firstState,
  appended: [],
  usage: { inputTokens: 0, outputTokens: 0 },
});
