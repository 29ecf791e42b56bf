import type { LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider';
import type { FilePart, Message } from '#core/session/transcript.ts';
import type { BlobStore } from '#core/store/blob-store.ts';
import { tellResult } from './told-result.ts';

type Part<Role> = Extract<LanguageModelV4Message, { role: Role }>['content'] extends (infer P)[]
  ? P
  : never;
type ToolPart = Part<'tool'>;

/** A transcript as the prompt of a model call. Media are read here and nowhere before. */
export async function toPrompt(
  blobs: BlobStore,
  instructions: string,
  messages: readonly Message[],
): Promise<LanguageModelV4Prompt> {
  const prompt: LanguageModelV4Prompt = [{ role: 'system', content: instructions }];
  for (const message of messages) {
    const last = prompt.at(-1);
    // Providers want all results of one turn in one message.
    if (message.role === 'tool' && last?.role === 'tool') last.content.push(...toolParts(message));
    else prompt.push(await toPromptMessage(blobs, message));
  }
  return prompt;
}

async function toPromptMessage(
  blobs: BlobStore,
  message: Message,
): Promise<LanguageModelV4Message> {
  switch (message.role) {
    case 'user': {
      const content = message.content.map((part) =>
        part.type === 'file' ? toPromptFile(blobs, part) : part,
      );
      return { role: 'user', content: await Promise.all(content) };
    }
    case 'assistant':
      return { role: 'assistant', content: message.content.map((part) => ({ ...part })) };
    case 'tool':
      return { role: 'tool', content: toolParts(message) };
  }
}

const toolParts = (message: Extract<Message, { role: 'tool' }>): ToolPart[] =>
  message.content.map(tellResult);

/** Media are brought before they come into a transcript: a URL in one is from before that was so. */
async function toPromptFile(blobs: BlobStore, { mediaType, source }: FilePart) {
  if (source.type === 'url') return { type: 'text' as const, text: `[${mediaType}, not at hand]` };
  const data = { type: 'data' as const, data: await blobs.get(source.blobKey) };
  return { type: 'file' as const, mediaType, data };
}
