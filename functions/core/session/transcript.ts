import * as z from 'zod';
import { Usage } from '../run/run.ts';
import type { RunKey } from '../store/keys.ts';

/*
 * The provider-neutral transcript of a session. The shapes are a subset of the AI SDK's
 * LanguageModelV4 prompt, so that a model call needs a mapping for media only, and every value is
 * plain JSON, so that any process can take the conversation up.
 */

/** What a provider wants to have back with a part it made, by the provider's name. */
export const ProviderMetadata = z.record(z.string(), z.record(z.string(), z.json()));
export type ProviderMetadata = z.infer<typeof ProviderMetadata>;

const TextPart = z.object({ type: z.literal('text'), text: z.string() });

/** A media input. `url` stays as the caller gave it; `blobKey` names the bytes in the blob store. */
export const FilePart = z.object({
  type: z.literal('file'),
  mediaType: z.string(),
  source: z.discriminatedUnion('type', [
    z.object({ type: z.literal('url'), url: z.string() }),
    z.object({ type: z.literal('blob'), blobKey: z.string(), sizeBytes: z.number() }),
  ]),
});
export type FilePart = z.infer<typeof FilePart>;

const made = { providerMetadata: ProviderMetadata.optional() };

/**
 * Where the bytes of a run's medium lie: with the session, whose later runs are shown them again
 * when the run itself has long expired.
 */
export const mediaKey = (run: RunKey & { readonly sessionId: string }, index: number) =>
  `${run.orgId}/${run.sessionId}/${run.runId}/media-${index}`;

const ReasoningPart = z.object({ type: z.literal('reasoning'), text: z.string(), ...made });

const ToolCallPart = z.object({
  type: z.literal('tool-call'),
  toolCallId: z.string(),
  toolName: z.string(),
  input: z.unknown(),
  ...made,
});

const AssistantPart = z.discriminatedUnion('type', [
  TextPart.extend(made),
  ReasoningPart,
  ToolCallPart,
]);
export type AssistantPart = z.infer<typeof AssistantPart>;

export const ToolOutput = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), value: z.string() }),
  z.object({ type: z.literal('json'), value: z.json() }),
  z.object({ type: z.literal('error-text'), value: z.string() }),
  z.object({ type: z.literal('execution-denied'), reason: z.string() }),
]);
export type ToolOutput = z.infer<typeof ToolOutput>;

/** The arguments of a call as a person changed them before they approved it. */
export const EditedArguments = z.record(z.string(), z.json());
export type EditedArguments = z.infer<typeof EditedArguments>;

/** A result that was too large for the transcript, which then has a part of it only. */
export const FullResult = z.object({
  blobKey: z.string(),
  bytes: z.number(),
  /** Whether the bytes are a text, or JSON. */
  type: z.enum(['text', 'json']),
});
export type FullResult = z.infer<typeof FullResult>;

const ToolResultPart = z.object({
  type: z.literal('tool-result'),
  toolCallId: z.string(),
  toolName: z.string(),
  output: ToolOutput,
  /** What the call was made with, where that is not what the model asked for. */
  editedArguments: EditedArguments.optional(),
  full: FullResult.optional(),
  /** How long the call took, with all its attempts. */
  durationMs: z.number().optional(),
});
export type ToolResultPart = z.infer<typeof ToolResultPart>;

export const Message = z.discriminatedUnion('role', [
  z.object({
    role: z.literal('user'),
    content: z.array(z.discriminatedUnion('type', [TextPart, FilePart])),
  }),
  z.object({
    role: z.literal('assistant'),
    content: z.array(AssistantPart),
    /** Whose words these are: nobody else can read the metadata of its parts. */
    model: z.string().optional(),
    /** What it took to say them. */
    usage: Usage.optional(),
  }),
  z.object({ role: z.literal('tool'), content: z.array(ToolResultPart) }),
]);
export type Message = z.infer<typeof Message>;

/** One executed, failed or refused tool call, with the arguments it was called with. */
export interface ToolCallRecord {
  readonly toolCallId: string;
  readonly name: string;
  readonly arguments: unknown;
  /** As the model was told. */
  readonly output: ToolOutput;
  /** Where the model was told a part of it only. */
  readonly full: FullResult | undefined;
  /** Of a call that was made. */
  readonly durationMs: number | undefined;
}

/** The finished tool calls of a transcript, in the order in which they finished. */
export function toolCallsOf(messages: readonly Message[]): ToolCallRecord[] {
  const inputs = new Map(
    messages
      .flatMap((message) => (message.role === 'assistant' ? message.content : []))
      .flatMap((part) =>
        part.type === 'tool-call' ? [[part.toolCallId, part.input] as const] : [],
      ),
  );
  return messages
    .flatMap((message) => (message.role === 'tool' ? message.content : []))
    .map(({ toolCallId, toolName, output, editedArguments, full, durationMs }) => ({
      toolCallId,
      name: toolName,
      arguments: editedArguments ?? inputs.get(toolCallId),
      output,
      full,
      durationMs,
    }));
}

/** What the agent thought, one entry a model call that gave its reasoning. */
export function reasoningStepsOf(messages: readonly Message[]): string[] {
  return messages.flatMap((message) => {
    if (message.role !== 'assistant') return [];
    const text = message.content
      .map((part) => (part.type === 'reasoning' ? part.text : ''))
      .join('');
    return text === '' ? [] : [text];
  });
}
