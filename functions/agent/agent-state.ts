import * as z from 'zod';
import { EditedArguments } from '#core/session/transcript.ts';

/** A tool call that the model asked for and that has no result yet. */
export const PendingCall = z.object({
  toolCallId: z.string(),
  toolName: z.string(),
  /** As the model asked. */
  input: z.unknown(),
  /** As a person has changed it; whoever cannot read this must not make the call. */
  editedArguments: EditedArguments.optional(),
});
export type PendingCall = z.infer<typeof PendingCall>;

/** What the call is made with. */
export const argumentsOf = (call: PendingCall): unknown => call.editedArguments ?? call.input;

/** Where the loop stands between two steps; the messages lie beside it. */
export const LoopState = z.object({
  /**
   * Of this shape, so that a later version reads what an earlier one left, and an earlier one
   * refuses what it does not know. 2 knows edited arguments.
   */
  version: z.union([z.literal(1), z.literal(2)]).transform(() => 2 as const),
  modelCalls: z.number(),
  /** In the order in which the model asked for them; the first is the next. */
  pendingCalls: z.array(PendingCall),
  /** The answer, once there is one and only the follow-up questions are missing. */
  content: z.string().nullable(),
  /** The answer as data, beside `content`. */
  structured: z.json().optional(),
});
export type LoopState = z.infer<typeof LoopState>;

export const firstState: LoopState = {
  version: 2,
  modelCalls: 0,
  pendingCalls: [],
  content: null,
};
