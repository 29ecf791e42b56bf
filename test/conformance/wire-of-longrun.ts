import * as z from 'zod';
import { Uuid } from './wire.ts';

/** Longrun's own paths: what the documentation of none of the dialects has. */

const Time = z.iso.datetime();

const runView = {
  id: Uuid,
  agentId: z.string().min(1),
  sessionId: Uuid,
  userId: z.string().min(1),
  submittedBy: z.string().min(1),
  status: z.enum(['QUEUED', 'RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED']),
  priority: z.enum(['low', 'normal', 'high']),
  message: z.string(),
  createdAt: Time,
  startedAt: Time.nullable(),
  completedAt: Time.nullable(),
  schedule: z.strictObject({ id: Uuid, firedFor: Time }).optional(),
  usage: z.strictObject({ inputTokens: z.int(), outputTokens: z.int() }),
  origin: z.strictObject({ runId: Uuid, step: z.int().nonnegative() }).optional(),
  pendingApproval: z
    .strictObject({
      approvalId: z.string().min(1),
      tool: z.string().min(1),
      arguments: z.unknown(),
      reason: z.string(),
      requestedAt: Time,
      expiresAt: Time,
    })
    .optional(),
  error: z.strictObject({ code: z.string(), message: z.string() }).optional(),
  reason: z.string().min(1).optional(),
  links: z.strictObject({ self: z.url(), events: z.url(), execution: z.url().optional() }),
};

interface StateOfView {
  readonly status: string;
  readonly pendingApproval?: unknown;
  readonly error?: unknown;
  readonly reason?: unknown;
}

const hasWhatItsStatusTells = ({ status, pendingApproval, error, reason }: StateOfView) =>
  (status === 'PAUSED') === (pendingApproval !== undefined) &&
  (status === 'FAILED') === (error !== undefined) &&
  (status === 'CANCELLED') === (reason !== undefined);

export const RunView = z
  .strictObject(runView)
  .refine(hasWhatItsStatusTells, 'pendingApproval, error or reason is of another status');
export type RunView = z.infer<typeof RunView>;

const Approval = z.strictObject({
  approvalId: z.string().min(1),
  toolCallId: z.string().min(1),
  tool: z.string().min(1),
  arguments: z.record(z.string(), z.unknown()),
  reason: z.string().min(1),
  requestedAt: Time,
  expiresAt: Time,
  decided: z
    .strictObject({
      decision: z.enum(['APPROVE', 'REJECT']),
      by: z.string().min(1),
      at: Time,
      reason: z.string().optional(),
      arguments: z.record(z.string(), z.unknown()).optional(),
    })
    .nullable(),
});

export const RunDetail = z
  .strictObject({
    ...runView,
    approvals: z.array(Approval),
    output: z
      .strictObject({
        content: z.string(),
        followups: z.array(z.string()),
        structured: z.json().optional(),
      })
      .optional(),
  })
  .refine(hasWhatItsStatusTells, 'pendingApproval, error or reason is of another status')
  .refine(({ status, output }) => (status === 'COMPLETED') === (output !== undefined), {
    error: 'output is of another status',
  });

export const ToolCall = z.strictObject({
  toolCallId: z.string().min(1),
  tool: z.string().min(1),
  arguments: z.record(z.string(), z.unknown()),
  outcome: z.enum(['ok', 'error', 'denied']),
  result: z.unknown(),
});

export const ToolCalls = z.strictObject({
  toolCalls: z.array(
    ToolCall.extend({
      cutFromBytes: z.int().positive().optional(),
      links: z.strictObject({ self: z.url() }),
    }),
  ),
});

export const RetriedRuns = z.strictObject({
  retried: z.array(z.strictObject({ from: Uuid, to: Uuid })),
  skipped: z.array(z.strictObject({ runId: Uuid, reason: z.string().regex(/^[a-z_]+$/) })),
  nextCursor: z.string().min(1).nullable(),
});

export const RunPage = z.strictObject({
  runs: z.array(RunView),
  nextCursor: z.string().min(1).nullable(),
});
export type RunPage = z.infer<typeof RunPage>;
