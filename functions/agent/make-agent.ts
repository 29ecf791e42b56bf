import * as z from 'zod';
import type { Agent } from '#core/run/agents.ts';
import type { BlobStore } from '#core/store/blob-store.ts';
import { AgentId } from '#core/tenant/ids.ts';
import { step } from './agent-loop.ts';
import type { AgentDefinition, ToolDefinition } from './define-agent.ts';
import { agentModels } from './models/agent-models.ts';
import { type ModelAccess, usualModelAccess } from './models/model-access.ts';

const defaultMaxSteps = 20;
const defaultMaxSeconds = 3600;

/**
 * An agent as the engine runs it.
 * @param version changes whenever the declaration does
 * @throws where the declaration makes no sense
 */
export function makeAgent(
  definition: AgentDefinition,
  version: string,
  blobs: BlobStore,
  access: Partial<ModelAccess> = {},
): Agent {
  const { id, name, description, instructions } = definition;
  AgentId.parse(id);
  const reaching = { ...usualModelAccess, ...access };
  const models = agentModels(definition, reaching.registry);
  const tools = definition.tools ?? [];
  const names = tools.map((tool) => tool.name);
  const doubled = names.find((toolName, i) => names.indexOf(toolName) !== i);
  if (doubled !== undefined) throw new Error(`two tools are named ${doubled}`);
  const loop = {
    definition,
    version,
    maxSteps: definition.limits?.maxSteps ?? defaultMaxSteps,
    toolSchemas: tools.map(toSchema),
    blobs,
    models,
    access: reaching,
  };
  return {
    id,
    name,
    description,
    instructions,
    version,
    model: models.main,
    models: [...models.names],
    tools: names,
    accepts: [...(definition.accepts ?? [])],
    organisations: definition.organisations ? [...definition.organisations] : null,
    maxSeconds: definition.limits?.maxSeconds ?? defaultMaxSeconds,
    step: (input) => step(loop, input),
  };
}

const toSchema = (tool: ToolDefinition) => {
  const { $schema: _, ...inputSchema } = z.toJSONSchema(tool.input, {
    target: 'draft-7',
    io: 'input',
  });
  const schema = z.record(z.string(), z.json()).parse(inputSchema);
  return {
    type: 'function' as const,
    name: tool.name,
    description: tool.description,
    inputSchema: schema,
  };
};
