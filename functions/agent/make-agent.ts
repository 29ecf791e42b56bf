import type { Agent } from '#core/run/agents.ts';
import type { BlobStore } from '#core/store/blob-store.ts';
import { AgentId } from '#core/tenant/ids.ts';
import { type UrlFetch, UrlFetchError } from '#core/url-fetch.ts';
import { step } from './agent-loop.ts';
import type { AgentDefinition } from './define-agent.ts';
import { agentModels } from './models/agent-models.ts';
import { type ModelAccess, usualModelAccess } from './models/model-access.ts';
import { checkTools, toCard, toModelTool } from './tools.ts';

const defaultMaxSteps = 20;
const defaultMaxSeconds = 3600;

/** What an agent's runs reach beyond this process. */
export interface AgentReach extends Partial<ModelAccess> {
  /** Of media that callers give as URLs. @default - such a run fails */
  readonly fetchUrl?: UrlFetch;
}

const noFetch: UrlFetch = async () => {
  throw new UrlFetchError('nothing is fetched here; send the bytes');
};

/**
 * An agent as the engine runs it.
 * @param version changes whenever the declaration does
 * @throws where the declaration makes no sense
 */
export function makeAgent(
  definition: AgentDefinition,
  version: string,
  blobs: BlobStore,
  { fetchUrl = noFetch, ...access }: AgentReach = {},
): Agent {
  const { id, name, description, instructions } = definition;
  AgentId.parse(id);
  const reaching = { ...usualModelAccess, ...access };
  const models = agentModels(definition, reaching.registry);
  const tools = definition.tools ?? [];
  checkTools(tools);
  const cards = tools.map(toCard);
  const loop = {
    definition,
    version,
    maxSteps: definition.limits?.maxSteps ?? defaultMaxSteps,
    maxTokens: definition.limits?.maxTokens ?? Number.POSITIVE_INFINITY,
    tools,
    toolSchemas: cards.map(toModelTool),
    blobs,
    fetchUrl,
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
    tools: cards,
    accepts: [...(definition.accepts ?? [])],
    organisations: definition.organisations ? [...definition.organisations] : null,
    maxSeconds: definition.limits?.maxSeconds ?? defaultMaxSeconds,
    step: (input) => step(loop, input),
  };
}
