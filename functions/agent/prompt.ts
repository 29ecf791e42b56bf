import type {
  LanguageModelV4,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
} from '@ai-sdk/provider';
import type { AssistantPart, FilePart, Message } from '#core/session/transcript.ts';
import type { BlobStore } from '#core/store/blob-store.ts';
import { modelName } from './models/model-turn.ts';
import { tellResult } from './told-result.ts';

type Part<Role> = Extract<LanguageModelV4Message, { role: Role }>['content'] extends (infer P)[]
  ? P
  : never;
type ToolPart = Part<'tool'>;
type Of<Role> = Extract<Message, { role: Role }>;

interface Reader {
  readonly blobs: BlobStore;
  /** Who reads the prompt. */
  readonly model: LanguageModelV4;
}

/** A transcript as the prompt of a model call. Media are read here and nowhere before. */
export async function toPrompt(
  reader: Reader,
  instructions: string,
  messages: readonly Message[],
): Promise<LanguageModelV4Prompt> {
  const prompt: LanguageModelV4Prompt = [{ role: 'system', content: instructions }];
  for (const message of messages) {
    const last = prompt.at(-1);
    // Providers want all results of one turn in one message.
    if (message.role === 'tool' && last?.role === 'tool') last.content.push(...toolParts(message));
    else prompt.push(await toPromptMessage(reader, message));
  }
  // Providers refuse a turn in which nothing is said.
  return prompt.filter(({ content }) => content.length > 0);
}

async function toPromptMessage(reader: Reader, message: Message): Promise<LanguageModelV4Message> {
  switch (message.role) {
    case 'user': {
      const content = message.content.map((part) =>
        part.type === 'file' ? toPromptFile(reader.blobs, part) : part,
      );
      return { role: 'user', content: await Promise.all(content) };
    }
    case 'assistant':
      return { role: 'assistant', content: assistantParts(reader.model, message) };
    case 'tool':
      return { role: 'tool', content: toolParts(message) };
  }
}

/** What another model thought is signed for that model alone, and not for this one to read. */
function assistantParts(model: LanguageModelV4, message: Of<'assistant'>): Part<'assistant'>[] {
  const isOwn = message.model === modelName(model);
  return message.content
    .filter(({ type }) => isOwn || type !== 'reasoning')
    .map((part) => toAssistantPart(part, isOwn));
}

const toAssistantPart = (
  { providerMetadata, ...part }: AssistantPart,
  isOwn: boolean,
): Part<'assistant'> =>
  isOwn && providerMetadata ? { ...part, providerOptions: providerMetadata } : part;

const toolParts = (message: Of<'tool'>): ToolPart[] => message.content.map(tellResult);

/** Media are brought before they come into a transcript: a URL in one is from before that was so. */
async function toPromptFile(blobs: BlobStore, { mediaType, source }: FilePart) {
  if (source.type === 'url') return { type: 'text' as const, text: `[${mediaType}, not at hand]` };
  const data = { type: 'data' as const, data: await blobs.get(source.blobKey) };
  return { type: 'file' as const, mediaType, data };
}
