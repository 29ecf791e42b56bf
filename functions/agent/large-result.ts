import { createHash } from 'node:crypto';
import type { StepInput } from '#core/run/agents.ts';
import type { FullResult, ToolOutput } from '#core/session/transcript.ts';
import type { BlobStore } from '#core/store/blob-store.ts';

/** A larger result would crowd out the conversation, and with it everything else in the prompt. */
const largestShownBytes = 128 * 1024;
/** What one answer of the API can carry. */
const largestKeptBytes = 4 * 1024 * 1024;
const beginningCharacters = 24_000;
const endCharacters = 8_000;

export interface KeptResult {
  readonly output: ToolOutput;
  readonly full?: FullResult;
}

/**
 * A result as the transcript has it: whole, or its beginning and its end where it is large, which
 * then lies among the session's blobs.
 */
export async function keepResult(
  blobs: BlobStore,
  run: StepInput['run'],
  toolCallId: string,
  result: Extract<ToolOutput, { type: 'text' | 'json' }>,
): Promise<KeptResult> {
  const text = result.type === 'text' ? result.value : JSON.stringify(result.value);
  const bytes = Buffer.byteLength(text);
  if (bytes <= largestShownBytes) return { output: result };
  if (bytes > largestKeptBytes) {
    const value = `The result has ${bytes} bytes, more than the ${largestKeptBytes} that are kept. Ask for less.`;
    return { output: { type: 'error-text', value } };
  }
  const blobKey = `${run.orgId}/${run.sessionId}/${run.runId}/result-${nameOf(toolCallId)}`;
  await blobs.put(blobKey, Buffer.from(text));
  const value = cut(text, toolCallId);
  return { output: { type: 'text', value }, full: { blobKey, bytes, type: result.type } };
}

/** Providers choose the ids of calls, and any characters for them. */
const nameOf = (toolCallId: string) =>
  createHash('sha256').update(toolCallId).digest('hex').slice(0, 32);

function cut(text: string, toolCallId: string): string {
  const beginning = toCharacters(text, 0, beginningCharacters);
  const end = toCharacters(text, text.length - endCharacters, text.length);
  const left = text.length - beginning.length - end.length;
  const call = JSON.stringify({ toolCallId, offset: beginning.length });
  return `${beginning}\n\n[This result has ${text.length} characters. ${left} of them are left out here; read on with read_tool_result(${call}), or ask the tool for less. This is how it ends:]\n\n${end}`;
}

const isLowSurrogate = (text: string, at: number) => {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff;
};

/** A part of a text that cuts no character in two: where it would, it begins or ends one earlier. */
export function toCharacters(text: string, from: number, to: number): string {
  const before = (at: number) => (at > 0 && isLowSurrogate(text, at) ? at - 1 : at);
  return text.slice(before(from), before(Math.min(to, text.length)));
}
