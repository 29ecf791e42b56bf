import * as z from 'zod';
import { JsonSchema, validatorOf } from '../json-schema.ts';
import type { FieldError } from './run-error.ts';

/** What is known of a tool without its code: enough to check the arguments of a call. */
export const ToolCard = z.object({
  name: z.string(),
  description: z.string(),
  /** What the model is told of the arguments. */
  inputSchema: JsonSchema,
});
export type ToolCard = z.infer<typeof ToolCard>;

/**
 * What is wrong with the arguments, as far as the tool's JSON Schema can say; one thing a field.
 * @param field as the caller named the arguments
 */
export function checkArguments(tool: ToolCard, args: unknown, field: string): FieldError[] {
  const { error } = validatorOf(tool.inputSchema).safeParse(args);
  const wrong = new Map<string, FieldError>();
  for (const { path, message } of error?.issues ?? []) {
    const name = path.reduce<string>(
      (start, key) => (typeof key === 'number' ? `${start}[${key}]` : `${start}.${String(key)}`),
      field,
    );
    if (!wrong.has(name)) wrong.set(name, { field: name, message });
  }
  return [...wrong.values()];
}
