import type { StepInput, StepResult } from '#core/run/agents.ts';
import { type LoopAgent, step } from './agent-loop.ts';
import { firstState } from './agent-state.ts';
import type { SourcedTool, ToolSource } from './define-agent.ts';
import type { SecretReader } from './secrets.ts';

/** The tools cannot be had. The message is for the caller. */
export class ToolSourceError extends Error {
  override readonly name = 'ToolSourceError';
}

/** A step of an agent with the tools that these sources have now. */
export const sourcedStep =
  (sources: readonly ToolSource[], secret: SecretReader) =>
  async (loop: LoopAgent, input: StepInput): Promise<StepResult> => {
    if (sources.length === 0) return step(loop, input);
    try {
      const found = await Promise.all(sources.map((source) => source.tools(input.signal, secret)));
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
