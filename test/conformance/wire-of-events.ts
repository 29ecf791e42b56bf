import * as z from 'zod';

const Time = z.iso.datetime();

const event = <Type extends string, Data extends z.ZodRawShape>(type: Type, data: Data) =>
  z.strictObject({
    seq: z.int().positive(),
    at: Time,
    type: z.literal(type),
    data: z.strictObject(data),
  });

const Text = z.string().min(1);
const Arguments = z.record(z.string(), z.unknown());
const call = { toolCallId: Text, tool: Text };

/** What `data:` of an event holds; `id:` and `event:` say `seq` and `type` once more. */
export const RunEvent = z.discriminatedUnion('type', [
  event('run.queued', {}),
  event('run.started', { epoch: z.int().positive() }),
  event('run.paused', { approvalId: Text }),
  event('run.resumed', { approvalId: Text }),
  event('run.completed', {}),
  event('run.failed', { code: Text, message: Text }),
  event('run.cancelled', { reason: Text }),
  event('step.started', { step: z.int().positive() }),
  event('step.reset', { step: z.int().positive() }),
  event('text.delta', { text: Text }),
  event('reasoning.delta', { text: Text }),
  event('tool.started', { ...call, arguments: Arguments }),
  event('tool.completed', { ...call, result: z.unknown() }),
  event('tool.failed', { ...call, message: Text }),
  event('progress', {
    phase: Text,
    percentage: z.number().min(0).max(100).optional(),
    message: z.string().optional(),
  }),
  event('approval.requested', {
    approvalId: Text,
    ...call,
    arguments: Arguments,
    reason: z.string(),
    expiresAt: Time,
  }),
  event('approval.decided', {
    approvalId: Text,
    ...call,
    arguments: Arguments,
    decision: z.enum(['APPROVE', 'REJECT']),
    decidedBy: Text,
    reason: z.string().optional(),
    editedArguments: Arguments.optional(),
  }),
  event('followups', { questions: z.array(Text) }),
]);
export type RunEvent = z.infer<typeof RunEvent>;
