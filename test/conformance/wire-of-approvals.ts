import * as z from 'zod';
import { RunId, Uuid } from './wire.ts';

const Time = z.iso.datetime();

/** As `/api/approvals` has them. */
export const ListedApproval = z
  .strictObject({
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
    status: z.enum(['pending', 'decided', 'withdrawn']),
    runId: Uuid,
    agentId: z.string().min(1),
    sessionId: Uuid,
    userId: z.string().min(1),
    submittedBy: z.string().min(1),
    links: z.strictObject({ self: z.url(), run: z.url() }),
  })
  .refine(({ status, decided }) => (status === 'decided') === (decided !== null), {
    error: 'decided is of another status',
  });

export const ApprovalPage = z.strictObject({
  approvals: z.array(ListedApproval),
  nextCursor: z.string().min(1).nullable(),
});

export const Outcomes = z.strictObject({
  outcomes: z.array(
    z.union([
      z.strictObject({ approvalId: z.string(), approval: ListedApproval }),
      z.strictObject({
        approvalId: z.string(),
        error: z.strictObject({ status: z.int(), code: z.string(), message: z.string().min(1) }),
      }),
    ]),
  ),
});

/** As Operativus' server and its client have them. */
export const ToolApproval = z.looseObject({
  id: z.string().min(1),
  runId: RunId,
  agentId: z.string().min(1),
  toolName: z.string().min(1),
  toolArguments: z.string(),
  status: z.enum(['PENDING', 'APPROVED', 'REJECTED', 'EXPIRED', 'CANCELLED']),
  requestedBy: z.string(),
  resolvedBy: z.string().nullable(),
  createdAt: Time,
  resolvedAt: Time.nullable(),
});

export const pageOf = <Element extends z.ZodType>(element: Element) =>
  z.looseObject({
    content: z.array(element),
    totalElements: z.int().nonnegative(),
    totalPages: z.int().nonnegative(),
    size: z.int().positive(),
    number: z.int().nonnegative(),
  });

export const BulkResolved = z.strictObject({
  resolved: z.int(),
  failed: z.int(),
  results: z.array(z.looseObject({ id: z.string() })),
});

export const Session = z.looseObject({
  id: Uuid,
  userId: z.string().min(1),
  orgId: z.string().min(1),
  agentId: z.string().nullable(),
  createdAt: Time,
  updatedAt: Time,
});
