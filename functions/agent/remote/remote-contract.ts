import * as z from 'zod';
import type { AgentRequest, Decision, StepInput } from '#core/run/agents.ts';
import { Usage } from '#core/run/run.ts';
import type { Message } from '#core/session/transcript.ts';

/** What a remote agent is sent at each of its steps. */
export interface RemoteRequest {
  readonly version: 1;
  readonly agentId: string;
  readonly run: StepInput['run'];
  /** Which of the run's steps this is, from 1. */
  readonly step: number;
  /** The same for every attempt at this step; also the header `Idempotency-Key`. */
  readonly idempotencyKey: string;
  readonly request: Omit<AgentRequest, 'media'> & {
    readonly media: readonly RemoteMedia[];
  };
  /** The session before this run. */
  readonly history: readonly Message[];
  /** This run so far: the question, what the agent said, and what came of its tool calls. */
  readonly messages: readonly Message[];
  /** What it answered with as its state; `null` before its first answer. */
  readonly state: unknown;
  /** What a person decided on the approval that it asked for last. */
  readonly decision: Pick<Decision, 'toolCallId' | 'decision' | 'reason' | 'result'> | null;
}

export type RemoteMedia =
  | { readonly mediaType: string; readonly url: string }
  | { readonly mediaType: string; readonly base64: string };

const common = {
  /** Kept, and sent with the next step. @default - as it was */
  state: z.json().optional(),
  usage: Usage.optional(),
};
const Text = z.string().default('');

const RemoteCall = z.object({
  toolCallId: z.string().min(1).max(200),
  name: z.string().min(1).max(200),
  input: z.json(),
});

/** What it answers. */
export const RemoteAnswer = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('done'),
    text: z.string(),
    followups: z.array(z.string()).default([]),
    ...common,
  }),
  /** Another step, please; `text` is shown and kept. */
  z.object({ kind: z.literal('continue'), text: Text, ...common }),
  /** Calls of the tools that are declared here; their results are in the next request. */
  z.object({ kind: z.literal('tools'), text: Text, calls: z.array(RemoteCall).min(1), ...common }),
  /** Somebody has to agree; the decision is in the next request. */
  z.object({
    kind: z.literal('approval'),
    toolCallId: z.string().min(1).max(200),
    tool: z.string().min(1).max(200),
    arguments: z.json(),
    reason: z.string(),
    expiresAfterSeconds: z
      .number()
      .positive()
      .default(7 * 24 * 3600),
    onExpiry: z.enum(['reject', 'cancel', 'fail']).default('reject'),
    ...common,
  }),
  z.object({ kind: z.literal('fail'), message: z.string(), ...common }),
]);
export type RemoteAnswer = z.infer<typeof RemoteAnswer>;
