import type { Agent } from '#core/run/agents.ts';
import type { BlobStore } from '#core/store/blob-store.ts';
import { AgentId } from '#core/tenant/ids.ts';
import { type UrlFetch, UrlFetchError } from '#core/url-fetch.ts';
import { step } from './agent-loop.ts';
import type { AgentDefinition } from './define-agent.ts';
import { checkTools, toCard, toModelTool } from './tools.ts';

const defaultMaxSteps = 20;
const defaultMaxSeconds = 3600;

/** What an agent's runs reach beyond this process. */
export interface AgentReach {
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
  { fetchUrl = noFetch }: AgentReach = {},
): Agent {
  const { id, name, description, instructions, model } = definition;
  AgentId.parse(id);
  const models = { [model.modelId]: model, ...definition.otherModels };
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
    modelOf: (wanted: string | undefined) => (wanted && models[wanted]) || model,
  };
  return {
    id,
    name,
    description,
    instructions,
    version,
    model: model.modelId,
    models: Object.keys(models),
    tools: cards,
    accepts: [...(definition.accepts ?? [])],
    organisations: definition.organisations ? [...definition.organisations] : null,
    maxSeconds: definition.limits?.maxSeconds ?? defaultMaxSeconds,
    step: (input) => step(loop, input),
  };
}
