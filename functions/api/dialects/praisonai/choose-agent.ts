import { agentNamed } from '#api/agent-named.ts';
import { ApiError } from '#api/api-error.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import type { AgentCard } from '#core/run/agents.ts';
import type { JobRequest } from './contract.ts';

/** The file that PraisonAI runs where a request names none. */
const usualName = 'agents';

type Field = 'agent_file' | 'recipe_name';

/**
 * The agent that a job is for. A recipe or a file names it: `x.yaml`, or a path to it, is agent `x`,
 * however its words are joined. Without either, and with `agents.yaml`, it is the agent `agents` where
 * there is one, else the default agent of this service, else the first that is declared.
 * @throws ApiError invalid_request naming the agents that there are
 */
export function chooseAgent(
  { agents, defaultAgent }: Pick<DialectDeps, 'agents' | 'defaultAgent'>,
  { recipe_name, agent_file }: Pick<JobRequest, 'recipe_name' | 'agent_file'>,
  orgId: string,
): AgentCard {
  const served = agents.list(orgId);
  const [field, file]: [Field, string] = recipe_name
    ? ['recipe_name', recipe_name]
    : ['agent_file', agent_file ?? usualName];
  const name = baseNameOf(file);
  const named = agentNamed(served, name);
  if (named) return named;
  if (field === 'recipe_name' || name !== usualName)
    throw unknown(served, field, file, `names no agent of this service`);
  const fallback = defaultAgent === undefined ? served[0] : agentNamed(served, defaultAgent);
  if (fallback) return fallback;
  throw unknown(served, field, agent_file ?? null, 'is needed: there is no default agent');
}

const baseNameOf = (path: string) =>
  path
    .replace(/^.*[/\\]/, '')
    .replace(/\.(?:ya?ml|[mc]?[jt]s|py)$/i, '')
    .trim();

function unknown(served: readonly AgentCard[], field: Field, input: unknown, what: string) {
  const names = served.map(({ id }) => id).join(', ') || 'none';
  const message = `${what}; declared are: ${names}`;
  return new ApiError('invalid_request', `${field}: ${message}`, {
    fields: [{ field, message, in: 'body', input }],
  });
}
