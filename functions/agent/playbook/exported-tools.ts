import type { LanguageModelV4 } from '@ai-sdk/provider';
import * as z from 'zod';
import type { ToolDefinition } from '../define-agent.ts';

/** What a playbook may name: tools by their names or those they are exported by, and models. */
export interface Exported {
  readonly tools: ReadonlyMap<string, ToolDefinition>;
  readonly models: ReadonlyMap<string, LanguageModelV4>;
}

const isFunction = (value: unknown) => typeof value === 'function';

const Tool = z.custom<ToolDefinition>(
  (value) =>
    z
      .looseObject({
        name: z.string(),
        description: z.string(),
        input: z.looseObject({ safeParseAsync: z.custom(isFunction) }),
        execute: z.custom(isFunction),
      })
      .safeParse(value).success,
);

const Model = z.custom<LanguageModelV4>(
  (value) =>
    z.looseObject({ specificationVersion: z.literal('v4'), modelId: z.string() }).safeParse(value)
      .success,
);

/** Of a module, or of nothing. An exported list of tools counts as its tools. */
export function exportedOf(module: unknown): Exported {
  const entries = Object.entries(
    z
      .record(z.string(), z.unknown())
      .catch({})
      .parse({ ...Object(module) }),
  );
  const tools = entries.flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((one: unknown): [string, ToolDefinition][] => {
      const tool = Tool.safeParse(one);
      if (!tool.success) return [];
      const own: [string, ToolDefinition] = [tool.data.name, tool.data];
      return Array.isArray(value) ? [own] : [[key, tool.data], own];
    }),
  );
  const models = entries.flatMap(([key, value]): [string, LanguageModelV4][] => {
    const model = Model.safeParse(value);
    return model.success ? [[key, model.data]] : [];
  });
  return { tools: new Map(tools), models: new Map(models) };
}
