import * as z from 'zod';
import { JsonSchema } from '#core/json-schema.ts';
import type { ToolCard } from '#core/run/tool-card.ts';
import type { ToolDefinition } from './define-agent.ts';
import { readToolResult } from './read-tool-result.ts';

const mostRetries = 10;

/** @throws Error where the tools of an agent make no sense */
export function checkTools(tools: readonly ToolDefinition[]): void {
  const names = tools.map(({ name }) => name);
  const doubled = names.find((name, i) => names.indexOf(name) !== i);
  if (doubled !== undefined) throw new Error(`two tools are named ${doubled}`);
  for (const tool of tools) checkTool(tool);
}

function checkTool({ name, retries = 0, idempotent = false }: ToolDefinition): void {
  if (name === readToolResult) throw new Error(`tool ${name}: Longrun has one of that name itself`);
  if (!Number.isInteger(retries) || retries < 0 || retries > mostRetries)
    throw new Error(`tool ${name}: retries must be a whole number from 0 to ${mostRetries}`);
  if (retries > 0 && !idempotent)
    throw new Error(`tool ${name}: only what is idempotent may have retries`);
}

export function toCard({ name, description, input, inputSchema }: ToolDefinition): ToolCard {
  if (inputSchema !== undefined) return { name, description, inputSchema };
  const { $schema: _, ...schema } = z.toJSONSchema(input, { target: 'draft-7', io: 'input' });
  return { name, description, inputSchema: JsonSchema.parse(schema) };
}

/** As a model is told of a tool. */
export const toModelTool = (card: ToolCard) => ({ type: 'function' as const, ...card });
