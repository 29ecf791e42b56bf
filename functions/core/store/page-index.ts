import { invalidInput } from '../run/run-error.ts';
import type { IndexName, Item, ItemStore } from './item-store.ts';

export interface IndexPageQuery {
  readonly index: IndexName;
  readonly pk: string;
  /** What a place in the index looks like: a cursor is one. */
  readonly place: RegExp;
  readonly limit: number;
  /** From the page before. */
  readonly cursor: string | undefined;
}

export interface IndexPage<Entry> {
  readonly entries: readonly Entry[];
  /** `undefined` on the last page. */
  readonly cursor: string | undefined;
}

const itemsPerQuery = 100;
/** A page of what is rare ends short after this many queries, with a cursor to go on. */
const queriesPerPage = 10;

/**
 * What is wanted of an index, newest first. Pages are anchored at an item: what comes meanwhile shifts
 * nothing.
 * @param read says for each item what is wanted of it, `undefined` for nothing
 * @throws RunError invalid_input for a cursor that is none
 */
export async function pageIndex<Entry>(
  store: ItemStore,
  { index, pk, place, limit, cursor }: IndexPageQuery,
  read: (items: readonly Item[]) => Promise<(Entry | undefined)[]> | (Entry | undefined)[],
): Promise<IndexPage<Entry>> {
  const entries: Entry[] = [];
  let before = parseCursor(cursor, place);
  for (let asked = 0; asked < queriesPerPage; asked += 1) {
    const items = await store.query({
      index,
      pk,
      ...(before === undefined ? {} : { before }),
      order: 'descending',
      limit: itemsPerQuery,
    });
    const found = await read(items);
    const wanted = items.flatMap(({ indexes }, i) => {
      const entry = found[i];
      return entry === undefined ? [] : [{ entry, at: indexes?.[index]?.sk }];
    });
    const taken = wanted.slice(0, limit - entries.length);
    entries.push(...taken.map(({ entry }) => entry));
    if (entries.length === limit) return { entries, cursor: toCursor(taken.at(-1)?.at) };
    if (items.length < itemsPerQuery) return { entries, cursor: undefined };
    before = items.at(-1)?.indexes?.[index]?.sk;
  }
  return { entries, cursor: toCursor(before) };
}

const toCursor = (before: string | undefined) =>
  before === undefined ? undefined : Buffer.from(before).toString('base64url');

function parseCursor(cursor: string | undefined, place: RegExp): string | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString();
  if (!place.test(text))
    throw invalidInput([{ field: 'cursor', message: 'is not a cursor of this list' }]);
  return text;
}
