import * as z from 'zod';

/** A tool call that the model asked for and that has no result yet. */
export const PendingCall = z.object({
  toolCallId: z.string(),
  toolName: z.string(),
  input: z.unknown(),
});
export type PendingCall = z.infer<typeof PendingCall>;

/** Where the loop stands between two steps; the messages lie beside it. */
export const LoopState = z.object({
  /** Of this shape, so that a later version can read what an earlier one left. */
  version: z.literal(1),
  modelCalls: z.number(),
  /** In the order in which the model asked for them; the first is the next. */
  pendingCalls: z.array(PendingCall),
  /** The answer, once there is one and only the follow-up questions are missing. */
  content: z.string().nullable(),
});
export type LoopState = z.infer<typeof LoopState>;

export const firstState: LoopState = {
  version: 1,
  modelCalls: 0,
  pendingCalls: [],
  content: null,
};
