import * as z from 'zod';
import type { Agent, AgentCard } from '#core/run/agents.ts';
import type { BlobStore } from '#core/store/blob-store.ts';
import { AgentId } from '#core/tenant/ids.ts';
import type { AgentDeclaration, Workshop } from './agent-declaration.ts';
import { type LoopAgent, step } from './agent-loop.ts';
import type { AgentDefinition, ToolDefinition } from './define-agent.ts';
import { agentModels } from './models/agent-models.ts';
import { type ModelAccess, usualModelAccess } from './models/model-access.ts';
import { sourcedStep } from './tool-source.ts';

const defaultMaxSteps = 20;
const defaultMaxSeconds = 3600;

/**
 * An agent as the engine runs it.
 * @param version changes whenever the declaration does
 * @throws where the declaration makes no sense
 */
export function makeAgent(
  declaration: AgentDeclaration,
  version: string,
  blobs: BlobStore,
  access: Partial<ModelAccess> = {},
): Agent {
  const workshop = { version, blobs, access };
  if ('make' in declaration) return declaration.make(workshop);
  const loop = loopOf(declaration, workshop);
  const { toolSources = [] } = declaration;
  return {
    ...cardOf(declaration, loop),
    step: toolSources.length > 0 ? sourcedStep(loop, toolSources) : (input) => step(loop, input),
  };
}

/** @throws where the declaration makes no sense */
export function loopOf(
  definition: AgentDefinition,
  { version, blobs, access }: Workshop,
): LoopAgent {
  AgentId.parse(definition.id);
  const reaching = { ...usualModelAccess, ...access };
  const models = agentModels(definition, reaching.registry);
  const tools = definition.tools ?? [];
  const names = tools.map((tool) => tool.name);
  const doubled = names.find((toolName, i) => names.indexOf(toolName) !== i);
  if (doubled !== undefined) throw new Error(`two tools are named ${doubled}`);
  return {
    definition,
    version,
    maxSteps: definition.limits?.maxSteps ?? defaultMaxSteps,
    toolSchemas: tools.map(toSchema),
    blobs,
    models,
    access: reaching,
  };
}

const cardOf = (definition: AgentDefinition, { models, version }: LoopAgent): AgentCard => ({
  id: definition.id,
  name: definition.name,
  description: definition.description,
  instructions: definition.instructions,
  version,
  model: models.main,
  models: [...models.names],
  tools: (definition.tools ?? []).map(({ name }) => name),
  accepts: [...(definition.accepts ?? [])],
  organisations: definition.organisations ? [...definition.organisations] : null,
  maxSeconds: definition.limits?.maxSeconds ?? defaultMaxSeconds,
});

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
