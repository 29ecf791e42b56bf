import type { LanguageModelV4 } from '@ai-sdk/provider';
import type { AgentDefinition } from '../define-agent.ts';
import { aliasesOf, idsOf } from './model-aliases.ts';
import type { ModelRegistry } from './model-registry.ts';

/** The models of one agent, by every name that `options.model` may use. */
export interface AgentModels {
  readonly main: string;
  /** Those that the agent declares first, then their other names. */
  readonly names: readonly string[];
  /** @throws ModelError where the provider cannot be reached */
  find(name: string | undefined): Promise<LanguageModelV4>;
}

type Declared = readonly [name: string, model: LanguageModelV4 | readonly string[]];

/** @throws Error naming what is no model */
export function agentModels(
  { model, otherModels = {} }: Pick<AgentDefinition, 'model' | 'otherModels'>,
  registry: ModelRegistry,
): AgentModels {
  const main = typeof model === 'string' ? model : model.modelId;
  const declared = [
    declare(main, model),
    ...(isList(otherModels)
      ? otherModels.map((id) => declare(id, id))
      : Object.entries(otherModels).map(([name, one]) => declare(name, one))),
  ];
  // The first to take a name keeps it.
  const byName = new Map([...declared, ...otherNames(declared)].toReversed());
  const names = [...new Set([...declared, ...otherNames(declared)].map(([name]) => name))];
  return {
    main,
    names,
    find: async (name = main) => {
      const found = byName.get(name) ?? byName.get(main) ?? [];
      return isList(found) ? registry.firstOf(found) : found;
    },
  };
}

const declare = (name: string, model: LanguageModelV4 | string): Declared => [
  name,
  typeof model === 'string' ? idsOf(model) : model,
];

/** The full ids of what is declared, and the aliases of these as far as they mean nothing else. */
function otherNames(declared: readonly Declared[]): Declared[] {
  const ids = declared.flatMap(([, model]) => (isList(model) ? model : []));
  const aliases = new Set(ids.flatMap(aliasesOf));
  return [
    ...ids.map((id): Declared => [id, [id]]),
    ...[...aliases].map(
      (alias): Declared => [alias, idsOf(alias).filter((id) => ids.includes(id))],
    ),
  ];
}

const isList = <T extends object>(value: T | readonly string[]): value is readonly string[] =>
  Array.isArray(value);
