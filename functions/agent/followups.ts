import type { JSONSchema7, LanguageModelV4CallOptions } from '@ai-sdk/provider';
import * as z from 'zod';
import { readJson } from './read-json.ts';

const most = 3;

/** Each is shown as one line of a list. */
const Question = z
  .string()
  .transform((text) => text.replace(/\s+/g, ' ').trim())
  .pipe(z.string().min(1));
const Followups = z.object({ questions: z.array(Question) });

const schema: JSONSchema7 = {
  type: 'object',
  properties: { questions: { type: 'array', items: { type: 'string' } } },
  required: ['questions'],
  additionalProperties: false,
};

const request = `Suggest up to ${most} short questions that the user may want to ask next, as JSON.`;

/** A model call that asks for follow-up questions to a conversation that ends with its answer. */
export const askForFollowups = (
  options: LanguageModelV4CallOptions,
): LanguageModelV4CallOptions => {
  const { tools: _, maxOutputTokens: __, prompt, ...rest } = options;
  const [system, ...conversation] = prompt;
  const instructions = system?.role === 'system' ? `${system.content}\n\n${request}` : request;
  return {
    ...rest,
    prompt: [{ role: 'system', content: instructions }, ...conversation],
    responseFormat: { type: 'json', schema, name: 'followups' },
  };
};

/** The questions in a model's answer; none where it is not what it was asked for. */
export function parseFollowups(text: string): string[] {
  try {
    return Followups.parse(readJson(text)).questions.slice(0, most);
  } catch {
    return [];
  }
}
