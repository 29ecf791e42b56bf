import { ApiError } from '#api/api-error.ts';
import type { Operations } from '#api/contract.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import type { AgentCard } from '#core/run/agents.ts';
import type { Principal } from '#core/tenant/principal.ts';
import { findAssistant } from './assistants.ts';
import type {
  Assistant,
  AssistantFilter,
  AssistantSearch,
  assistantsContract,
} from './contract.ts';
import { toAssistant, toGraph, toSchemas } from './views.ts';

/** What clients of LangGraph ask a server for, before they use it. */
const info = {
  version: '0.16.7',
  flags: { assistants: true, crons: false, langsmith: false },
  host: { kind: 'longrun' },
};

export const assistantsOperations = (
  deps: Pick<DialectDeps, 'agents'>,
): Operations<typeof assistantsContract> => ({
  ok: async () => ({ body: { ok: true } }),

  info: async () => ({ body: info }),

  searchAssistants: async ({ body, principal }) => {
    const { limit, offset, select } = body;
    const found = sorted(assistants(deps, body, principal), body);
    const page = found.slice(offset, offset + limit);
    const next = offset + limit;
    return {
      body: page.map((assistant) => selected(assistant, select)),
      headers: {
        'x-pagination-total': `${found.length}`,
        ...(next < found.length ? { 'x-pagination-next': `${next}` } : {}),
      },
    };
  },

  countAssistants: async ({ body, principal }) => ({
    body: assistants(deps, body, principal).length,
  }),

  getAssistant: async ({ params, principal }) => ({
    body: toAssistant(agentOf(deps, params, principal)),
  }),

  getAssistantGraph: async ({ params, principal }) => ({
    body: toGraph(agentOf(deps, params, principal)),
  }),

  getAssistantSchemas: async ({ params, principal }) => ({
    body: toSchemas(agentOf(deps, params, principal)),
  }),

  getAssistantSubgraphs: async ({ params, principal }) => {
    agentOf(deps, params, principal);
    return { body: {} };
  },

  getAssistantSubgraph: async ({ params, principal }) => {
    agentOf(deps, params, principal);
    return { body: {} };
  },
});

function agentOf(
  { agents }: Pick<DialectDeps, 'agents'>,
  { assistantId }: { readonly assistantId: string },
  { orgId }: Principal,
): AgentCard {
  const agent = findAssistant(agents, assistantId, orgId);
  if (agent) return agent;
  throw new ApiError('route_not_found', 'Not Found');
}

function assistants(
  { agents }: Pick<DialectDeps, 'agents'>,
  { graph_id, name, metadata }: AssistantFilter,
  { orgId }: Principal,
): Assistant[] {
  const part = name?.toLowerCase() ?? '';
  const wanted = Object.entries(metadata ?? {});
  return agents
    .list(orgId)
    .map(toAssistant)
    .filter((one) => {
      const own = new Map<string, unknown>(Object.entries(one.metadata));
      return (
        (graph_id ?? one.graph_id) === one.graph_id &&
        one.name.toLowerCase().includes(part) &&
        wanted.every(([key, value]) => own.get(key) === value)
      );
    });
}

/** All are of the same age: by their age they stay as the agents are listed. */
function sorted(found: Assistant[], { sort_by, sort_order }: AssistantSearch): Assistant[] {
  const key = sort_by ?? 'created_at';
  const ascending = found.toSorted((a, b) => (a[key] < b[key] ? -1 : Number(a[key] > b[key])));
  return sort_order === 'asc' || sort_by == null ? ascending : ascending.reverse();
}

function selected(assistant: Assistant, select: AssistantSearch['select']): Partial<Assistant> {
  if (!select) return assistant;
  const fields = new Set<string>(select);
  return Object.fromEntries(Object.entries(assistant).filter(([field]) => fields.has(field)));
}
