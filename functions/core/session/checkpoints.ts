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
  /** The transcript begins here, whatever was said before. */
  restarts: z.boolean().optional(),
  /** Somebody wrote it himself, in the name of a part of the agent. */
  writtenAs: z.string().optional(),
});
type CheckpointItem = z.infer<typeof CheckpointItem>;
export type Checkpoint = Omit<CheckpointItem, 'appended'> & { readonly appended: Message[] };

type Deps = Pick<RunDeps, 'store' | 'blobs'>;

const itemsPerQuery = 500;

/** Puts large messages to the blob store, and leaves the rest to the caller's transaction. */
export async function writeCheckpoint(
  deps: Deps & Pick<RunDeps, 'settings'>,
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

/** The checkpoints of one run after number `afterStep`, oldest first. */
export async function runCheckpoints(
  deps: Deps,
  session: SessionKey,
  runId: string,
  afterStep = 0,
): Promise<Checkpoint[]> {
  const { before } = runCheckpointRange(runId);
  const after = checkpointKey(session, runId, afterStep).sk;
  const items = await readAll(deps.store, session, { after, before });
  return Promise.all(items.map((item) => loadCheckpoint(deps, item)));
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
  return (await branchOf(deps, session, head)).flatMap(({ appended }) => appended);
}

/** The checkpoints from where the transcript of `head` begins to `head`. */
export async function branchOf(
  deps: Deps,
  session: SessionKey,
  head: CheckpointRef | null,
): Promise<Checkpoint[]> {
  return head === null ? [] : (await checkpointTree(deps, session)).branchTo(head);
}

/** Every checkpoint of a session, of which messages are read when they are asked for. */
export interface CheckpointTree {
  /** In no particular order. */
  readonly all: readonly Omit<Checkpoint, 'appended'>[];
  /** From where the transcript of a checkpoint begins to the checkpoint. @throws where there is none */
  branchTo(head: CheckpointRef): Promise<Checkpoint[]>;
}

export async function checkpointTree(deps: Deps, session: SessionKey): Promise<CheckpointTree> {
  const all = await readAll(deps.store, session, checkpointRange);
  const byName = new Map(all.map((item) => [checkpointName(item), item]));
  const read = new Map<CheckpointItem, Promise<Checkpoint>>();
  const load = (item: CheckpointItem) => {
    const loaded = read.get(item) ?? loadCheckpoint(deps, item);
    read.set(item, loaded);
    return loaded;
  };
  return {
    all,
    branchTo: (head) => Promise.all(branchTo(head, byName).map(load)),
  };
}

function branchTo(head: CheckpointRef, byName: ReadonlyMap<string, CheckpointItem>) {
  const branch: CheckpointItem[] = [];
  for (let ref: CheckpointRef | null = head; ref !== null; ) {
    const item: CheckpointItem | undefined = byName.get(checkpointName(ref));
    if (item === undefined) throw new Error(`No checkpoint ${checkpointName(ref)}`);
    branch.push(item);
    ref = item.restarts ? null : item.parent;
  }
  return branch.reverse();
}

export const checkpointName = ({ runId, step }: CheckpointRef) => `${runId}#${step}`;

const loadCheckpoint = async (deps: Deps, item: CheckpointItem): Promise<Checkpoint> => ({
  ...item,
  appended: await messagesOf(deps, item),
});

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
