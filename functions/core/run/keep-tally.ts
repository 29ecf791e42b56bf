import type { Item, ItemStore, Key, Write } from '../store/item-store.ts';
import { tallyKey } from '../store/keys.ts';
import { RunStatus } from './run.ts';
import { TallyItem } from './stored-run-tally.ts';

/** A run was submitted, has another status, or was deleted. */
export interface TallyChange {
  readonly orgId: string;
  readonly groupId: string | undefined;
  /** `null` for a run that was not there before. */
  readonly from: RunStatus | null;
  /** `null` for a run that is there no more. */
  readonly to: RunStatus | null;
  /** Of this change alone: a version of a counter that never comes again. */
  readonly token: string;
}

type Counts = Map<RunStatus, number>;
interface Sum {
  readonly key: Key;
  readonly version: string;
  readonly counts: Counts;
}

/**
 * The writes that count these changes, one for each counter; they hold only as long as nobody else
 * has counted meanwhile. Each change has to be counted once: the caller writes with them what makes
 * sure of that.
 */
export async function tallyWrites(
  store: Pick<ItemStore, 'getMany'>,
  changes: readonly TallyChange[],
): Promise<Write[]> {
  const sums = [...sumsOf(changes).values()].filter(({ counts }) => !isZero(counts));
  const items = await store.getMany(sums.map(({ key }) => key));
  return sums.map((sum, i) => toWrite(sum, items[i]));
}

function sumsOf(changes: readonly TallyChange[]): Map<string, Sum> {
  const sums = new Map<string, Sum>();
  for (const change of changes)
    for (const key of countersOf(change)) {
      const name = `${key.pk} ${key.sk}`;
      const sum = sums.get(name) ?? { key, version: change.token, counts: new Map() };
      sums.set(name, sum);
      add(sum.counts, change.from, -1);
      add(sum.counts, change.to, 1);
    }
  return sums;
}

const countersOf = ({ orgId, groupId }: TallyChange): Key[] => [
  tallyKey(orgId, undefined),
  ...(groupId === undefined ? [] : [tallyKey(orgId, groupId)]),
];

function add(counts: Counts, status: RunStatus | null, count: number): void {
  if (status !== null) counts.set(status, (counts.get(status) ?? 0) + count);
}

const isZero = (counts: Counts) => [...counts.values()].every((count) => count === 0);

function toWrite({ key, version, counts }: Sum, item: Item | undefined): Write {
  const known = item && TallyItem.parse(item.value);
  for (const [status, count] of Object.entries(known?.counts ?? {}))
    add(counts, RunStatus.parse(status), count);
  const when = known
    ? ({ equals: { version: known.version } } as const)
    : { absent: true as const };
  // No version comes again, so that nobody takes a new counter for the one that was deleted.
  if (isZero(counts) && known) return { delete: key, when };
  const left = [...counts].filter(([, count]) => count !== 0);
  return { put: { ...key, value: { version, counts: Object.fromEntries(left) } }, when };
}
