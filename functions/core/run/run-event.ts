import * as z from 'zod';
import { EditedArguments } from '../session/transcript.ts';
import { RunProgress, StepKind } from './run.ts';

/*
 * What happened to a run, numbered without gaps from 1. Every dialect's stream is a translation of
 * these. Data are views for readers, never the state that a run is resumed from.
 */

const event = <Type extends string, Data extends z.ZodRawShape>(type: Type, data: Data) =>
  z.object({ type: z.literal(type), data: z.object(data) });

const ApprovalData = {
  approvalId: z.string(),
  toolCallId: z.string(),
  tool: z.string(),
  arguments: z.unknown(),
};

export const RunEventBody = z.discriminatedUnion('type', [
  event('run.queued', {}),
  event('run.started', { epoch: z.number() }),
  /** For an approval, or at a breakpoint before `next`. */
  event('run.paused', { approvalId: z.string().optional(), next: StepKind.optional() }),
  event('run.resumed', { approvalId: z.string().optional() }),
  event('run.completed', {}),
  event('run.failed', { code: z.string(), message: z.string() }),
  event('run.cancelled', { reason: z.string() }),
  event('step.started', { step: z.number() }),
  event('step.reset', { step: z.number() }),
  event('text.delta', { text: z.string() }),
  event('reasoning.delta', { text: z.string() }),
  event('tool.started', { toolCallId: z.string(), tool: z.string(), arguments: z.unknown() }),
  event('tool.completed', { toolCallId: z.string(), tool: z.string(), result: z.unknown() }),
  event('tool.failed', { toolCallId: z.string(), tool: z.string(), message: z.string() }),
  event('progress', RunProgress.shape),
  event('approval.requested', {
    ...ApprovalData,
    expiresAt: z.iso.datetime(),
    reason: z.string(),
    /** It is decided on with the arguments that it has. */
    takesNoEdit: z.literal(true).optional(),
  }),
  event('approval.reminder', {
    approvalId: z.string(),
    tool: z.string(),
    expiresAt: z.iso.datetime(),
  }),
  event('approval.decided', {
    ...ApprovalData,
    decision: z.enum(['APPROVE', 'REJECT']),
    decidedBy: z.string(),
    reason: z.string().optional(),
    /** What the call is made with instead of `arguments`. */
    editedArguments: EditedArguments.optional(),
  }),
  event('followups', { questions: z.array(z.string()) }),
]);
export type RunEventBody = z.infer<typeof RunEventBody>;

export const RunEvent = z.intersection(
  /** `at` is in epoch milliseconds. */
  z.object({ seq: z.number(), at: z.number() }),
  RunEventBody,
);
export type RunEvent = z.infer<typeof RunEvent>;

const lastTypes = new Set<RunEvent['type']>(['run.completed', 'run.failed', 'run.cancelled']);

/** Nothing follows this event. */
export const isLastEvent = (event: RunEvent) => lastTypes.has(event.type);
