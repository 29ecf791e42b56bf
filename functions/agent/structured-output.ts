import type { JSONSchema7 } from '@ai-sdk/provider';
import * as z from 'zod';
import { JsonSchema, validatorOf } from '#core/json-schema.ts';
import type { Message } from '#core/session/transcript.ts';
import { isZod, type ToolInput } from './define-agent.ts';
import { readJson } from './read-json.ts';

/** The shape that an agent's answer has as data. */
export interface StructuredOutput {
  readonly schema: z.ZodType;
  /** As the model is told. */
  readonly jsonSchema: JSONSchema7;
}

/** @throws Error where it is a JSON Schema that cannot be checked */
export function structuredOutput(output: ToolInput): StructuredOutput {
  if (isZod(output)) return { schema: output, jsonSchema: toJsonSchema(output) };
  const jsonSchema = JsonSchema.parse(output);
  return { schema: validatorOf(jsonSchema), jsonSchema };
}

function toJsonSchema(schema: z.ZodType): JSONSchema7 {
  const { $schema: _, ...jsonSchema } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    // Providers that hold a model to its schema want it to say that nothing else may be there.
    override: ({ jsonSchema: part }) => {
      if (part.type === 'object') part.additionalProperties ??= false;
    },
  });
  return JsonSchema.parse(jsonSchema);
}

/** Asks for the answer as JSON; tools may be called before it all the same. */
export const answerFormat = ({ jsonSchema }: StructuredOutput) => ({
  type: 'json' as const,
  schema: jsonSchema,
  name: 'answer',
});

export type StructuredAnswer =
  | { readonly content: string; readonly structured: z.core.util.JSONType }
  /** What is wrong with it, as the model is told. */
  | { readonly correction: Message };

const Summary = z.object({ summary: z.string() });

/** What a model has answered, as data where it fits. */
export async function readAnswer(
  { schema }: StructuredOutput,
  text: string,
): Promise<StructuredAnswer> {
  let value: unknown;
  try {
    value = readJson(text);
  } catch {
    return toCorrection('it is not JSON');
  }
  const parsed = await schema.safeParseAsync(value);
  if (!parsed.success) return toCorrection(explain(parsed.error));
  const json = JSON.stringify(parsed.data) ?? 'null';
  const structured = z.json().parse(JSON.parse(json));
  const summarised = Summary.safeParse(structured);
  return { content: summarised.success ? summarised.data.summary : json, structured };
}

const beforeCorrection = 'Your answer does not fit: ';
const afterCorrection = '. Answer again, with JSON that fits the schema and nothing else.';

const toCorrection = (wrong: string): StructuredAnswer => ({
  correction: {
    role: 'user',
    content: [{ type: 'text', text: `${beforeCorrection}${wrong}${afterCorrection}` }],
  },
});

/** What was wrong with an answer, where a text in a prompt tells of that. */
export const wrongOf = (text: string): string | undefined =>
  text.startsWith(beforeCorrection) && text.endsWith(afterCorrection)
    ? text.slice(beforeCorrection.length, -afterCorrection.length)
    : undefined;

const explain = ({ issues }: z.ZodError) =>
  issues.map(({ path, message }) => `${path.join('.') || 'answer'}: ${message}`).join('; ');
