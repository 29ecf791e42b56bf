import * as z from 'zod';
import type { Contract } from '#api/contract.ts';
import { JsonSchema } from '#core/json-schema.ts';

/* https://docs.langchain.com/langsmith/server-api-ref: Assistants, System. Agents are assistants. */

export const Assistant = z.object({
  assistant_id: z.string(),
  graph_id: z.string(),
  config: z.object({}),
  context: z.object({}),
  metadata: z.object({ created_by: z.literal('system') }),
  name: z.string(),
  description: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
  version: z.literal(1),
});
export type Assistant = z.infer<typeof Assistant>;

const AssistantFilter = z.object({
  graph_id: z.string().nullish(),
  /** A part of the name, in capitals or not. */
  name: z.string().nullish(),
  metadata: z.record(z.string(), z.json()).nullish(),
});
export type AssistantFilter = z.infer<typeof AssistantFilter>;

export const AssistantSearch = AssistantFilter.extend({
  limit: z.int().min(1).max(1000).default(10),
  offset: z.int().min(0).default(0),
  sort_by: z.enum(['assistant_id', 'graph_id', 'name', 'created_at', 'updated_at']).nullish(),
  sort_order: z.enum(['asc', 'desc']).nullish(),
  select: z.array(Assistant.keyof()).nullish(),
});
export type AssistantSearch = z.infer<typeof AssistantSearch>;

/** As the original says it. */
const AssistantUuid = z.guid({ error: 'Invalid assistant ID: must be a UUID' });

/** The id, or the name of the agent. */
const named = z.object({ assistantId: z.string() });

const node = z.object({ id: z.string(), type: z.enum(['schema', 'runnable']), data: z.unknown() });
const edge = z.object({
  source: z.string(),
  target: z.string(),
  conditional: z.boolean().optional(),
});
export const AssistantGraph = z.object({ nodes: z.array(node), edges: z.array(edge) });
export type AssistantGraph = z.infer<typeof AssistantGraph>;

export const AssistantSchemas = z.object({
  graph_id: z.string(),
  input_schema: JsonSchema,
  output_schema: JsonSchema,
  state_schema: JsonSchema,
  config_schema: JsonSchema,
  context_schema: JsonSchema,
});
export type AssistantSchemas = z.infer<typeof AssistantSchemas>;

export const assistantsContract = {
  ok: {
    method: 'GET',
    path: '/ok',
    status: 200,
    response: z.object({ ok: z.literal(true) }),
    open: true,
  },
  info: {
    method: 'GET',
    path: '/info',
    status: 200,
    response: z.object({
      version: z.string(),
      flags: z.record(z.string(), z.boolean()),
      host: z.object({ kind: z.string() }),
    }),
    open: true,
  },
  searchAssistants: {
    method: 'POST',
    path: '/assistants/search',
    body: AssistantSearch.default(AssistantSearch.parse({})),
    status: 200,
    response: z.array(Assistant.partial()),
  },
  countAssistants: {
    method: 'POST',
    path: '/assistants/count',
    body: AssistantFilter.default({}),
    status: 200,
    response: z.number(),
  },
  getAssistant: {
    method: 'GET',
    path: '/assistants/{assistantId}',
    params: z.object({ assistantId: AssistantUuid }),
    status: 200,
    response: Assistant,
  },
  getAssistantGraph: {
    method: 'GET',
    path: '/assistants/{assistantId}/graph',
    params: named,
    status: 200,
    response: AssistantGraph,
  },
  getAssistantSchemas: {
    method: 'GET',
    path: '/assistants/{assistantId}/schemas',
    params: named,
    status: 200,
    response: AssistantSchemas,
  },
  getAssistantSubgraphs: {
    method: 'GET',
    path: '/assistants/{assistantId}/subgraphs',
    params: named,
    status: 200,
    response: z.object({}),
  },
  getAssistantSubgraph: {
    method: 'GET',
    path: '/assistants/{assistantId}/subgraphs/{namespace}',
    params: named.extend({ namespace: z.string() }),
    status: 200,
    response: z.object({}),
  },
} as const satisfies Contract;
