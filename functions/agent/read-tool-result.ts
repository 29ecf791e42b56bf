import * as z from 'zod';
import type { Message } from '#core/session/transcript.ts';
import type { BlobStore } from '#core/store/blob-store.ts';
import { defineTool, type ToolDefinition } from './define-agent.ts';
import { toCharacters } from './large-result.ts';

export const readToolResult = 'read_tool_result';

const charactersAtOnce = 32_000;

const Input = z.object({
  toolCallId: z.string().describe('Of the call whose result was cut.'),
  offset: z.int().min(0).default(0).describe('The character to begin at.'),
});

/**
 * The tool with which a model reads on in a result that was too large to be shown.
 * @returns none where the transcript has no such result
 */
export function toolForLargeResults(
  blobs: BlobStore,
  transcript: readonly Message[],
): ToolDefinition[] {
  const cut = transcript
    .flatMap((message) => (message.role === 'tool' ? message.content : []))
    .filter(({ full }) => full !== undefined);
  if (cut.length === 0) return [];
  const tool = defineTool({
    name: readToolResult,
    description: `Reads ${charactersAtOnce} characters of a tool's result that was too large to be shown as a whole.`,
    input: Input,
    idempotent: true,
    execute: async ({ toolCallId, offset }) => {
      const full = cut.findLast((part) => part.toolCallId === toolCallId)?.full;
      if (full === undefined) throw new Error(`No result of a call ${toolCallId} was cut.`);
      const text = new TextDecoder().decode(await blobs.get(full.blobKey));
      const piece = toCharacters(text, offset, offset + charactersAtOnce);
      return `[Characters ${offset} to ${offset + piece.length} of ${text.length}]\n${piece}`;
    },
  });
  return [tool];
}
