import type { IdempotencyClaim } from '../idempotency/idempotency.ts';
import type { RunDeps } from '../run/deps.ts';
import type { CheckpointRef } from '../run/run.ts';
import type { SessionKey } from '../store/keys.ts';
import { branchOf, type Checkpoint, writeCheckpoint } from './checkpoints.ts';
import { type CreatedSession, createSession, getSession } from './create-session.ts';
import { moveHead } from './session.ts';
import { sessionStanding } from './session-standing.ts';
import { type FilePart, type Message, mediaKey } from './transcript.ts';

type Deps = Pick<RunDeps, 'store' | 'blobs' | 'clock' | 'log' | 'settings' | 'newId'>;

/** In one transaction with the session itself. */
const mostCheckpoints = 90;

/**
 * A session that begins with what another has come to, its run at work or in wait included: its branch, media included, and its metadata.
 * Of a long one the older part becomes one checkpoint. Its runs stay with the first.
 * @throws RunError session_not_found
 */
export async function copySession(
  deps: Deps,
  key: SessionKey,
  userId: string,
  idempotency: IdempotencyClaim | undefined,
): Promise<CreatedSession> {
  const session = await getSession(deps, key);
  const { tip } = await sessionStanding(deps, key);
  const branch = await branchOf(deps, key, tip);
  return createSession(deps, {
    orgId: key.orgId,
    userId,
    metadata: session.metadata ?? {},
    ttlSeconds: session.ttlSeconds,
    ifExists: 'refuse',
    idempotency,
    content: async (copy) => {
      const checkpoints = shortened(branch);
      const last = checkpoints.at(-1);
      if (last === undefined) return [];
      const writes = await Promise.all(
        checkpoints.map(async (one, i) =>
          writeCheckpoint(deps, copy, {
            ...one,
            parent: refOf(checkpoints[i - 1]),
            appended: await Promise.all(
              one.appended.map((said) => withMedia(deps, copy, one, said)),
            ),
          }),
        ),
      );
      return [...writes, moveHead(copy, { runId: last.runId, step: last.step }, deps.clock.now())];
    },
  });
}

const refOf = (checkpoint: Checkpoint | undefined): CheckpointRef | null =>
  checkpoint ? { runId: checkpoint.runId, step: checkpoint.step } : null;

function shortened(branch: readonly Checkpoint[]): Checkpoint[] {
  const older = branch.slice(0, Math.max(0, branch.length - mostCheckpoints + 1));
  const last = older.at(-1);
  if (last === undefined) return [...branch];
  const together = { ...last, appended: older.flatMap(({ appended }) => appended) };
  return [together, ...branch.slice(older.length)];
}

async function withMedia(
  deps: Deps,
  copy: SessionKey,
  { runId, step }: Checkpoint,
  said: Message,
): Promise<Message> {
  if (said.role !== 'user') return said;
  const content = said.content.map((part, i) =>
    part.type === 'file' ? copied(deps, mediaKey({ ...copy, runId }, step * 100 + i), part) : part,
  );
  return { ...said, content: await Promise.all(content) };
}

async function copied({ blobs }: Deps, blobKey: string, part: FilePart): Promise<FilePart> {
  const { source } = part;
  if (source.type === 'url') return part;
  await blobs.put(blobKey, await blobs.get(source.blobKey));
  return { ...part, source: { ...source, blobKey } };
}
