import * as z from 'zod';
import { invalidInput } from '#core/run/run-error.ts';
import type { MediaInput } from '#core/run/run-input.ts';

export interface ReadContent {
  readonly text: string;
  readonly media: readonly MediaInput[];
}

/**
 * The text and the media of a message, in any of the forms that LangChain's messages have: its own of
 * today and of before, OpenAI's and Anthropic's.
 * @param field names the message to the caller
 * @throws RunError invalid_input
 */
export function readContent(
  content: string | readonly unknown[] | null,
  field: string,
): ReadContent {
  if (content === null || typeof content === 'string') return { text: content ?? '', media: [] };
  const parts = content.map((block, i) => readBlock(block, `${field}.content[${i}]`));
  return {
    text: parts.map(({ text }) => text).join(''),
    media: parts.flatMap(({ media }) => media),
  };
}

const nothing: ReadContent = { text: '', media: [] };
const ofText = (text: string): ReadContent => ({ text, media: [] });

const TextBlock = z.looseObject({
  type: z.enum(['text', 'text-plain', 'input_text', 'output_text']),
  text: z.string(),
});

/** What a model has made, and is no part of what it said. */
const SilentBlock = z.looseObject({
  type: z.enum([
    'reasoning',
    'thinking',
    'redacted_thinking',
    'tool_call',
    'tool_use',
    'tool_result',
  ]),
});

const kinds = { image: 'image/jpeg', audio: 'audio/mpeg', video: 'video/mp4', file: undefined };

interface Medium {
  readonly mediaType?: string | undefined;
  readonly url?: string | undefined;
  readonly base64?: string | undefined;
}

const MimeTypes = { mime_type: z.string().optional(), mimeType: z.string().optional() };
const isOfKind = z.enum(['image', 'audio', 'video', 'file']);

const MediaBlock = z.union([
  z
    .looseObject({
      type: z.enum(['image_url', 'input_image']),
      image_url: z.union([z.string(), z.looseObject({ url: z.string() })]),
    })
    .transform(({ image_url }) => ({
      kind: 'image' as const,
      url: typeof image_url === 'string' ? image_url : image_url.url,
    })),
  z
    .looseObject({
      type: z.literal('input_audio'),
      input_audio: z.looseObject({ data: z.string(), format: z.string() }),
    })
    .transform(({ input_audio: { data, format } }) => ({
      kind: 'audio' as const,
      base64: data,
      mediaType: format === 'mp3' ? 'audio/mpeg' : `audio/${format}`,
    })),
  z
    .looseObject({ type: z.literal('file'), file: z.looseObject({ file_data: z.string() }) })
    .transform(({ file }) => ({ kind: 'file' as const, url: file.file_data })),
  z
    .looseObject({
      type: z.enum(['image', 'document']),
      source: z.union([
        z.looseObject({ type: z.literal('url'), url: z.string() }),
        z.looseObject({ type: z.literal('base64'), media_type: z.string(), data: z.string() }),
      ]),
    })
    .transform(({ type, source }) => ({
      kind: type === 'image' ? ('image' as const) : ('file' as const),
      ...(source.type === 'url'
        ? { url: source.url }
        : { base64: source.data, mediaType: source.media_type }),
    })),
  z
    .looseObject({ type: isOfKind, url: z.string(), ...MimeTypes })
    .transform(({ type: kind, url, ...more }) => ({ kind, url, mediaType: mimeTypeOf(more) })),
  z
    .looseObject({
      type: isOfKind,
      base64: z.string().optional(),
      data: z.string().optional(),
      ...MimeTypes,
    })
    .refine(({ base64, data }) => base64 !== undefined || data !== undefined)
    .transform(({ type: kind, base64, data, ...more }) => ({
      kind,
      base64: base64 ?? data,
      mediaType: mimeTypeOf(more),
    })),
]);

const mimeTypeOf = ({
  mime_type,
  mimeType,
}: {
  mime_type?: string | undefined;
  mimeType?: string | undefined;
}) => mime_type ?? mimeType;

function readBlock(block: unknown, field: string): ReadContent {
  if (typeof block === 'string') return ofText(block);
  const text = TextBlock.safeParse(block);
  if (text.success) return ofText(text.data.text);
  const medium = MediaBlock.safeParse(block);
  if (medium.success) return { text: '', media: [toMedia(medium.data, field)] };
  if (SilentBlock.safeParse(block).success) return nothing;
  throw invalidInput([{ field, message: 'is no block of text, image, audio, video or file' }]);
}

function toMedia(
  medium: Medium & { readonly kind: keyof typeof kinds },
  field: string,
): MediaInput {
  const { kind, url } = medium;
  const inline = url === undefined ? undefined : /^data:([^;,]+)[^,]*;base64,(.*)$/s.exec(url);
  const base64 = inline?.[2] ?? medium.base64;
  const mediaType = inline?.[1] ?? medium.mediaType ?? typeByName(url) ?? kinds[kind];
  if (mediaType === undefined || !/^[\w.+-]+\/[\w.+-]+$/.test(mediaType))
    throw invalidInput([{ field, message: 'must say its mime_type' }]);
  if (base64 !== undefined) return { mediaType, bytes: bytesOf(base64, field) };
  if (url === undefined || !/^https?:\/\//i.test(url) || !URL.canParse(url))
    throw invalidInput([{ field, message: 'must have base64 data or an http(s) URL' }]);
  return { mediaType, url };
}

function bytesOf(base64: string, field: string): Uint8Array {
  if (!z.base64().safeParse(base64).success)
    throw invalidInput([{ field, message: 'is not base64' }]);
  return Buffer.from(base64, 'base64');
}

const typesByName: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  pdf: 'application/pdf',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  mp4: 'video/mp4',
  txt: 'text/plain',
  csv: 'text/csv',
};

const typeByName = (url: string | undefined) =>
  typesByName[/\.(\w+)(?:[?#].*)?$/.exec(url ?? '')?.[1]?.toLowerCase() ?? ''];
