import { parseModelId, providers } from './model-id.ts';

const sonnet = [
  'anthropic:claude-sonnet-5-5',
  'bedrock:global.anthropic.claude-sonnet-5-5',
] as const;
const haiku = [
  'anthropic:claude-haiku-4-5',
  'bedrock:global.anthropic.claude-haiku-4-5-20251001-v1:0',
] as const;

/**
 * Short names of models, each with the ids that it may stand for: the first whose provider can be
 * reached. Claude is thus asked on Bedrock, by the function's role, where there is
 * no key of Anthropic's. Names of models that are no longer served mean what has taken their place.
 */
const aliases: Readonly<Record<string, readonly string[]>> = {
  default: [sonnet[0], 'openai:gpt-5.4', sonnet[1]],
  'claude-sonnet': sonnet,
  'claude-haiku': haiku,
  'claude-opus': ['anthropic:claude-opus-5-5', 'bedrock:global.anthropic.claude-opus-5-5'],
  'claude-3-5-sonnet': sonnet,
  'claude-3-5-haiku': haiku,
  'gpt-4o': ['openai:gpt-4o'],
  'gpt-4o-mini': ['openai:gpt-4o-mini'],
  'gpt-5': ['openai:gpt-5.4'],
  'gpt-5-mini': ['openai:gpt-5.4-mini'],
};

const byAlias = new Map(Object.entries(aliases));

/**
 * The ids that a name stands for, an id for itself.
 * @throws Error saying which names there are
 */
export function idsOf(name: string): readonly string[] {
  if (parseModelId(name)) return [name];
  const ids = byAlias.get(name);
  if (ids) return ids;
  const known = [...byAlias.keys()].join(', ');
  throw new Error(
    `There is no model ${name}: write provider:model, with one of ${providers.join(', ')}, or one of ${known}`,
  );
}

/** Whether it is an id or an alias. */
export const isModelName = (name: string) => parseModelId(name) !== undefined || byAlias.has(name);

/** The aliases of a model. `default` is a choice, and no model's name. */
export const aliasesOf = (id: string): string[] =>
  [...byAlias].flatMap(([alias, ids]) => (alias !== 'default' && ids.includes(id) ? [alias] : []));
