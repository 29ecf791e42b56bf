import type { RunDeps } from '../run/deps.ts';
import type { BlobStore } from '../store/blob-store.ts';
import type { SessionKey } from '../store/keys.ts';
import { type Checkpoint, writeCheckpoint } from './checkpoints.ts';
import type { Message } from './transcript.ts';

/** Of 400 KB at most, as each may be: what one transaction can hold. */
const checkpointsPerTransaction = 10;

/**
 * Gives a run steps of another one of its session for its own, with all that they refer to: the other
 * one may be deleted. What a crash leaves of it goes with the session.
 * @throws BlobNotFound
 */
export async function copyCheckpoints(
  deps: Pick<RunDeps, 'store' | 'blobs' | 'settings'>,
  session: SessionKey,
  checkpoints: readonly Checkpoint[],
  runId: string,
): Promise<void> {
  for (let i = 0; i < checkpoints.length; i += checkpointsPerTransaction) {
    const some = checkpoints.slice(i, i + checkpointsPerTransaction);
    const writes = await Promise.all(
      some.map(async (checkpoint) => {
        const { parent, step, appended } = checkpoint;
        const own = Promise.all(
          appended.map((message) =>
            copyBlobs(deps.blobs, session, checkpoint.runId, message, runId),
          ),
        );
        return writeCheckpoint(deps, session, {
          ...checkpoint,
          runId,
          parent: step === 1 ? parent : { runId, step: step - 1 },
          appended: await own,
        });
      }),
    );
    await deps.store.transact(writes);
  }
}

async function copyBlobs(
  blobs: BlobStore,
  { orgId, sessionId }: SessionKey,
  from: string,
  message: Message,
  to: string,
): Promise<Message> {
  const copied = async (key: string) => {
    const prefix = `${orgId}/${sessionId}/${from}/`;
    if (!key.startsWith(prefix)) return key;
    const copy = `${orgId}/${sessionId}/${to}/${key.slice(prefix.length)}`;
    await blobs.put(copy, await blobs.get(key));
    return copy;
  };
  switch (message.role) {
    case 'assistant':
      return message;
    case 'user': {
      const content = message.content.map(async (part) => {
        if (part.type === 'text' || part.source.type === 'url') return part;
        return { ...part, source: { ...part.source, blobKey: await copied(part.source.blobKey) } };
      });
      return { ...message, content: await Promise.all(content) };
    }
    case 'tool': {
      const content = message.content.map(async ({ full, ...part }) =>
        full ? { ...part, full: { ...full, blobKey: await copied(full.blobKey) } } : part,
      );
      return { ...message, content: await Promise.all(content) };
    }
  }
}
