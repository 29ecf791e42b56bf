import * as z from 'zod';
import { JsonSchema } from '#core/json-schema.ts';
import type { AgentCard } from '#core/run/agents.ts';
import { ContentBlock } from '../messages/messages.ts';
import { assistantIdOf } from './assistants.ts';
import type { Assistant, AssistantGraph, AssistantSchemas } from './contract.ts';

/** An agent is declared in code, which keeps no times. */
const declaredAt = '1970-01-01T00:00:00+00:00';

export const toAssistant = ({ id, name, description }: AgentCard): Assistant => ({
  assistant_id: assistantIdOf(id),
  graph_id: id,
  config: {},
  context: {},
  metadata: { created_by: 'system' },
  name,
  description,
  created_at: declaredAt,
  updated_at: declaredAt,
  version: 1,
});

/** The model and its tools; of a playbook its tasks, one after the other. */
export function toGraph({ id, tools, tasks = [] }: AgentCard): AssistantGraph {
  const nodes = tasks.length > 0 ? tasks : ['agent'];
  const hasTools = tools.length > 0;
  const steps = ['__start__', ...nodes, '__end__'];
  return {
    nodes: [
      { id: '__start__', type: 'schema', data: '__start__' },
      ...[...nodes, ...(hasTools ? ['tools'] : [])].map((name) => ({
        id: name,
        type: 'runnable' as const,
        data: { id: ['longrun', id, name], name },
      })),
      { id: '__end__', type: 'schema', data: '__end__' },
    ],
    edges: [
      ...steps.slice(1).map((target, i) => {
        const source = steps[i] ?? '';
        return { source, target, ...(hasTools && i > 0 ? { conditional: true } : {}) };
      }),
      ...(hasTools ? nodes.flatMap(withTools) : []),
    ],
  };
}

const withTools = (node: string) => [
  { source: node, target: 'tools', conditional: true },
  { source: 'tools', target: node },
];

const InputMessage = z.looseObject({
  role: z.enum(['user', 'assistant', 'system', 'tool']).optional(),
  type: z.enum(['human', 'ai', 'system', 'tool']).optional(),
  content: z.union([z.string(), z.array(ContentBlock)]),
});
const Input = z.looseObject({ messages: z.array(InputMessage) });
const State = z.object({ messages: z.array(InputMessage) });
const Config = z.object({
  configurable: z
    .looseObject({
      model: z.string().optional(),
      temperature: z.number().optional(),
      max_tokens: z.number().optional(),
    })
    .optional(),
});
const Context = z.looseObject({});

const schemaOf = (type: z.ZodType, title: string): JsonSchema =>
  JsonSchema.parse({ ...z.toJSONSchema(type, { io: 'input' }), title });

export const toSchemas = ({ id, models }: AgentCard): AssistantSchemas => ({
  graph_id: id,
  input_schema: schemaOf(Input, 'Input'),
  output_schema: schemaOf(State, 'Output'),
  state_schema: schemaOf(State, 'State'),
  config_schema: {
    ...schemaOf(Config, 'Configurable'),
    description: `configurable.model is one of ${models.join(', ')}`,
  },
  context_schema: schemaOf(Context, 'Context'),
});
