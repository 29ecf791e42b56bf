import { DeciderRule } from '#core/approval/decider-rule.ts';
import type { Agent, AgentCard } from '#core/run/agents.ts';
import type { BlobStore } from '#core/store/blob-store.ts';
import { AgentId } from '#core/tenant/ids.ts';
import { type UrlFetch, UrlFetchError } from '#core/url-fetch.ts';
import type { AgentDeclaration, AgentReach, Workshop } from './agent-declaration.ts';
import type { LoopAgent } from './agent-loop.ts';
import type { AgentDefinition } from './define-agent.ts';
import { agentModels } from './models/agent-models.ts';
import { usualModelAccess } from './models/model-access.ts';
import { environmentSecret } from './secrets.ts';
import { structuredOutput } from './structured-output.ts';
import { sourcedStep } from './tool-source.ts';
import { checkTools, toCard, toModelTool } from './tools.ts';

const defaultMaxSteps = 20;
const defaultMaxSeconds = 3600;

const noFetch: UrlFetch = async () => {
  throw new UrlFetchError('nothing is fetched here; send the bytes');
};

/**
 * An agent as the engine runs it.
 * @param version changes whenever the declaration does
 * @throws where the declaration makes no sense
 */
export function makeAgent(
  declaration: AgentDeclaration,
  version: string,
  blobs: BlobStore,
  reach: AgentReach = {},
): Agent {
  const workshop = { version, blobs, reach };
  if ('make' in declaration) return declaration.make(workshop);
  const loop = loopOf(declaration, workshop);
  const take = sourcedStep(declaration.toolSources ?? [], reach.secret ?? environmentSecret);
  return {
    ...cardOf(declaration, loop),
    step: (input) => take(loop, input),
  };
}

/** @throws where the declaration makes no sense */
export function loopOf(
  definition: AgentDefinition,
  { version, blobs, reach = {} }: Workshop,
): LoopAgent {
  AgentId.parse(definition.id);
  const { fetchUrl = noFetch, ...access } = reach;
  const reaching = { ...usualModelAccess, ...access };
  const models = agentModels(definition, reaching.registry);
  const tools = definition.tools ?? [];
  checkTools(tools);
  return {
    definition,
    version,
    maxSteps: definition.limits?.maxSteps ?? defaultMaxSteps,
    maxTokens: definition.limits?.maxTokens ?? Number.POSITIVE_INFINITY,
    tools,
    toolSchemas: tools.map(toCard).map(toModelTool),
    output: definition.output && structuredOutput(definition.output),
    blobs,
    fetchUrl,
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
  tools: (definition.tools ?? []).map(toCard),
  ...(definition.toolSources?.length ? { hasMoreTools: true } : {}),
  accepts: [...(definition.accepts ?? [])],
  organisations: definition.organisations ? [...definition.organisations] : null,
  maxSeconds: definition.limits?.maxSeconds ?? defaultMaxSeconds,
  ...(definition.approvals === undefined
    ? {}
    : { approvals: DeciderRule.parse(definition.approvals) }),
});
