import * as z from 'zod';
import type { RunDeps } from '../run/deps.ts';
import { CheckpointRef } from '../run/run.ts';
import type { ItemStore, Write } from '../store/item-store.ts';
import {
  checkpointKey,
  checkpointRange,
  runCheckpointRange,
  type SessionKey,
  sessionPartition,
} from '../store/keys.ts';
import { loadValue, StoredValue, storeValue } from '../store/stored-value.ts';
import { Message } from './transcript.ts';

/**
 * One step of a run, as the session's tree keeps it: what the step said, and where the agent stood
 * after it. A transcript is the messages from the root to a checkpoint.
 */
const CheckpointItem = z.object({
  runId: z.string(),
  step: z.number(),
  parent: CheckpointRef.nullable(),
  at: z.number(),
  appended: StoredValue,
  state: z.record(z.string(), z.unknown()),
});
type CheckpointItem = z.infer<typeof CheckpointItem>;
export type Checkpoint = Omit<CheckpointItem, 'appended'> & { readonly appended: Message[] };

type Deps = Pick<RunDeps, 'store' | 'blobs' | 'settings'>;

const itemsPerQuery = 500;

/** Puts large messages to the blob store, and leaves the rest to the caller's transaction. */
export async function writeCheckpoint(
  deps: Deps,
  session: SessionKey,
  checkpoint: Checkpoint,
): Promise<Write> {
  const key = checkpointKey(session, checkpoint.runId, checkpoint.step);
  const appended = await storeValue(
    deps,
    `${session.orgId}/${session.sessionId}/${checkpoint.runId}/${checkpoint.step}`,
    checkpoint.appended,
  );
  return { put: { ...key, value: { ...checkpoint, appended } } };
}

/** The checkpoints of one run, oldest first. */
export async function runCheckpoints(
  deps: Deps,
  session: SessionKey,
  runId: string,
): Promise<Checkpoint[]> {
  const items = await readAll(deps.store, session, runCheckpointRange(runId));
  return Promise.all(
    items.map(async (item) => ({ ...item, appended: await messagesOf(deps, item) })),
  );
}

/** Whether a run can go on from there. */
export const isThere = async (
  { store }: Pick<RunDeps, 'store'>,
  session: SessionKey,
  { runId, step }: CheckpointRef,
): Promise<boolean> => (await store.get(checkpointKey(session, runId, step))) !== undefined;

/** The messages from the session's root to `head`. */
export async function transcriptTo(
  deps: Deps,
  session: SessionKey,
  head: CheckpointRef | null,
): Promise<Message[]> {
  if (head === null) return [];
  const branch = branchTo(head, await readAll(deps.store, session, checkpointRange));
  return (await Promise.all(branch.map((item) => messagesOf(deps, item)))).flat();
}

function branchTo(head: CheckpointRef, items: readonly CheckpointItem[]): CheckpointItem[] {
  const byName = new Map(items.map((item) => [nameOf(item), item]));
  const branch: CheckpointItem[] = [];
  for (let ref: CheckpointRef | null = head; ref !== null; ) {
    const item: CheckpointItem | undefined = byName.get(nameOf(ref));
    if (item === undefined) throw new Error(`No checkpoint ${nameOf(ref)}`);
    branch.push(item);
    ref = item.parent;
  }
  return branch.reverse();
}

const nameOf = ({ runId, step }: CheckpointRef) => `${runId}#${step}`;

const messagesOf = (deps: Deps, item: CheckpointItem) =>
  loadValue(deps, item.appended, z.array(Message));

async function readAll(
  store: ItemStore,
  session: SessionKey,
  range: { after: string; before: string },
): Promise<CheckpointItem[]> {
  const checkpoints: CheckpointItem[] = [];
  for (let after = range.after; ; ) {
    const items = await store.query({
      pk: sessionPartition(session),
      after,
      before: range.before,
      order: 'ascending',
      limit: itemsPerQuery,
    });
    checkpoints.push(...items.map((item) => CheckpointItem.parse(item.value)));
    const last = items.at(-1);
    if (last === undefined || items.length < itemsPerQuery) return checkpoints;
    after = last.sk;
  }
}
