import type { Request, RowOrder } from './request.ts';

type Meaning =
  | { readonly kind: 'show' | 'count' | 'tables' | 'filler' }
  | { readonly kind: 'order'; readonly order: RowOrder }
  | { readonly kind: 'limit'; readonly limit: number };

const defaultLimit = 20;
const maxLimit = 100;
const numbers = 'one two three four five six seven eight nine ten eleven twelve'.split(' ');

const entries: readonly (readonly [Meaning, string])[] = [
  [{ kind: 'show' }, 'show list display give print get fetch see what which'],
  [{ kind: 'count' }, 'many count number'],
  [{ kind: 'tables' }, 'tables'],
  [{ kind: 'order', order: 'latest' }, 'latest newest last recent'],
  [{ kind: 'order', order: 'oldest' }, 'oldest earliest first'],
  [{ kind: 'limit', limit: maxLimit }, 'all every'],
  [{ kind: 'filler' }, 'a an the of in from to and now how most table row rows entries records'],
  [{ kind: 'filler' }, 'i me my we us our you your please can could would like want'],
  [{ kind: 'filler' }, 'there are is do does have has exist exists database db total'],
  ...numbers.map((word, i): [Meaning, string] => [{ kind: 'limit', limit: i + 1 }, word]),
];

const vocabulary: ReadonlyMap<string, Meaning> = new Map(
  entries.flatMap(([meaning, words]) =>
    words.split(' ').map((word): [string, Meaning] => [word, meaning]),
  ),
);

const meaningOf = (word: string): Meaning | undefined =>
  vocabulary.get(word) ??
  (/^\d{1,6}$/.test(word) ? { kind: 'limit', limit: Math.min(Number(word), maxLimit) } : undefined);

/**
 * Simple questions: which tables there are, how many rows one has, its latest rows. Every word that
 * is not in the vocabulary must be the table's name, so that "unpaid invoices" is not taken for
 * "invoices".
 */
export function readLookUp(message: string): Request {
  const words = message.toLowerCase().match(/[\p{L}\d_-]+/gu) ?? [];
  const meanings = words.flatMap((word) => meaningOf(word) ?? []);
  const [table, ...others] = words.filter((word) => !meaningOf(word));
  const has = (kind: Meaning['kind']) => meanings.some((meaning) => meaning.kind === kind);
  if (!table) return has('tables') ? { kind: 'tables' } : { kind: 'unclear' };
  if (!has('count') && !has('show') && !has('order')) return { kind: 'unclear' };
  if (others.length > 0)
    return { kind: 'unclear', ask: 'That is more than I can put into SQL; could you write it?' };
  return has('count') ? { kind: 'count', table } : { kind: 'rows', table, ...choiceOf(meanings) };
}

function choiceOf(meanings: readonly Meaning[]): { order: RowOrder; limit: number } {
  const order = meanings.find((meaning) => meaning.kind === 'order');
  const limit = meanings.find((meaning) => meaning.kind === 'limit');
  return { order: order?.order ?? 'any', limit: limit?.limit || defaultLimit };
}
