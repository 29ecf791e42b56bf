import * as z from 'zod';
import { FilePart, mediaKey } from '../session/transcript.ts';
import type { Write } from '../store/item-store.ts';
import { type RunKey, runInputKey, type SessionKey } from '../store/keys.ts';
import { loadValue, StoredValue, storeValue } from '../store/stored-value.ts';
import { type AgentRequest, RunContext, RunOptions } from './agents.ts';
import type { RunDeps } from './deps.ts';

/** Bytes of a media input, or a place from which the agent may fetch it. */
export type MediaInput = { readonly mediaType: string } & (
  | { readonly url: string }
  | { readonly bytes: Uint8Array }
);

/** What is kept beside what the agent is asked. */
interface RunInput {
  readonly media: readonly MediaInput[];
  /** What a dialect wants to show of the request again, kept as it is. */
  readonly wire?: Readonly<Record<string, unknown>> | undefined;
}

export type SessionRunKey = RunKey & SessionKey;

const StoredRequest = z.object({
  message: StoredValue,
  media: z.array(FilePart),
  options: RunOptions,
  generateFollowups: z.boolean(),
  context: RunContext.default({}),
  continues: z.boolean().optional(),
  wire: z.record(z.string(), z.unknown()).default({}),
});

/** Media come to the blob store before the run comes to the store: a stored run has all its input. */
export async function storeInput(
  deps: Pick<RunDeps, 'blobs' | 'settings'>,
  key: SessionRunKey,
  command: RunInput,
  request: AgentRequest,
): Promise<Write> {
  const uploads = command.media.map(async (input, i) => {
    if ('bytes' in input) await deps.blobs.put(mediaKey(key, i), input.bytes);
  });
  const [message] = await Promise.all([
    storeValue(deps, `${key.orgId}/${key.runId}/message`, request.message),
    ...uploads,
  ]);
  const { media, options, generateFollowups, context, continues } = request;
  const value = {
    ...{ message, media, options, generateFollowups, context },
    ...(continues ? { continues } : {}),
    wire: command.wire ?? {},
  };
  return { put: { ...runInputKey(key), value } };
}

/** What the run was asked to do, and what a dialect has kept of the request. */
export async function getRequest(
  deps: Pick<RunDeps, 'store' | 'blobs'>,
  key: RunKey,
): Promise<AgentRequest & { readonly wire: Readonly<Record<string, unknown>> }> {
  const item = await deps.store.get(runInputKey(key));
  const stored = StoredRequest.parse(item?.value);
  return { ...stored, message: await loadValue(deps, stored.message, z.string()) };
}

/** How the run's session names a media input. */
export const toPart = (key: SessionRunKey, input: MediaInput, index: number): FilePart => ({
  type: 'file',
  mediaType: input.mediaType,
  source:
    'url' in input
      ? { type: 'url', url: input.url }
      : { type: 'blob', blobKey: mediaKey(key, index), sizeBytes: input.bytes.length },
});
