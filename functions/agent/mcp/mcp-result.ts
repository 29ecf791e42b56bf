import * as z from 'zod';

const Part = z.looseObject({ type: z.string(), text: z.string().optional() });

const Result = z.looseObject({
  content: z.array(Part).default([]),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().default(false),
  toolResult: z.unknown().optional(),
});

/**
 * What a tool of an MCP server gave: its structured content, or its text.
 * @throws Error with what the tool itself calls an error
 */
export function mcpResult(result: unknown): unknown {
  const { content, structuredContent, isError, toolResult } = Result.parse(result);
  const text = content.map(textOf).join('\n');
  if (isError) throw new Error(text || 'The tool failed and did not say why.');
  return structuredContent ?? toolResult ?? text;
}

/** No model reads bytes in a result. */
const textOf = ({ type, text }: z.infer<typeof Part>) => text ?? `[${type}]`;
