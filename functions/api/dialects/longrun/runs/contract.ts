import * as z from 'zod';
import type { Contract } from '#api/contract.ts';
import { LinkName } from '#core/approval/approval-link.ts';
import { ApprovalLinks } from '#core/approval/approval-links.ts';
import { RunFailureCode, RunStatus, StepKind } from '#core/run/run.ts';
import { RunPriority } from '#core/run/run-priority.ts';
import { AgentId, SessionId } from '#core/tenant/ids.ts';
import { ApprovalView, DecisionRequest } from '../approvals/contract.ts';
import { RunId } from '../run-id.ts';

const limitDefault = 20;
const limitMax = 100;

export const RunView = z.object({
  id: z.string(),
  agentId: z.string(),
  sessionId: z.string(),
  userId: z.string(),
  submittedBy: z.string(),
  status: RunStatus,
  priority: RunPriority,
  /** The first characters of the message. */
  message: z.string(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  completedAt: z.string().nullable(),
  /** The firing that it is. */
  schedule: z.object({ id: z.string(), firedFor: z.string() }).optional(),
  usage: z.object({ inputTokens: z.number(), outputTokens: z.number() }),
  /** The run that it does again, and after how many of its steps it goes on. */
  origin: z.object({ runId: z.string(), step: z.number() }).optional(),
  pendingApproval: z
    .object({
      approvalId: z.string(),
      tool: z.string(),
      arguments: z.unknown(),
      reason: z.string(),
      requestedAt: z.string(),
      expiresAt: z.string(),
    })
    .optional(),
  /** It stands before that until whoever set the breakpoint, a client of LangGraph, lets it go on. */
  breakpoint: z.object({ next: StepKind, expiresAt: z.string() }).optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  /** Why it was cancelled: who asked for it, `approval_expired`, `breakpoint_expired` or `execution_aborted`. */
  reason: z.string().optional(),
  links: z.object({
    self: z.string(),
    events: z.string(),
    /** Where an operator looks at its execution; only where there is such a place. */
    execution: z.string().optional(),
  }),
});

/** One tool call that was made, failed or was refused. */
const ToolCallView = z.object({
  toolCallId: z.string(),
  tool: z.string(),
  /** What it was made with: as the agent proposed, or as a person changed it. */
  arguments: z.unknown(),
  outcome: z.enum(['ok', 'error', 'denied']),
  /** What the tool gave back: JSON or text; the message of an error; the reason of a refusal. */
  result: z.unknown(),
});

/** As the list has it: of a large result with what the model was shown of it. */
const ListedToolCall = ToolCallView.extend({
  /** Of the whole result, where this is a part of it. */
  cutFromBytes: z.number().optional(),
  links: z.object({ self: z.string() }),
});

/** One run in full: with the whole message, what was approved, and what the agent answered. */
export const RunDetail = RunView.extend({
  approvals: z.array(ApprovalView),
  output: z
    .object({
      content: z.string(),
      followups: z.array(z.string()),
      /** Of an agent that declares its output. */
      structured: z.json().optional(),
    })
    .optional(),
});

const EndedStatus = RunStatus.extract(['COMPLETED', 'FAILED', 'CANCELLED']);
const Time = z.iso
  .datetime({ offset: true, error: 'must be a time as in ISO 8601' })
  .transform((time) => Date.parse(time));
const mostRetries = 1000;

/** Which runs are done again; all that is given has to hold. */
const RetryFilter = z.strictObject({
  /** One, or several. */
  status: z
    .union([EndedStatus.transform((one) => [one]), z.array(EndedStatus).min(1)])
    .default(['FAILED']),
  agentId: AgentId.optional(),
  groupId: z.string().min(1).max(256).optional(),
  submittedAfter: Time.optional(),
  submittedBefore: Time.optional(),
  errorCode: RunFailureCode.optional(),
  limit: z.int().min(1).max(mostRetries).default(100),
  cursor: z.guid().optional(),
});

/** Links that let somebody without a credential decide on what a run waits with. */
export const ApprovalLinkView = z.object({
  approvalId: z.string(),
  /** How the decision is known. */
  by: z.string(),
  expiresAt: z.string(),
  links: ApprovalLinks,
});

const ListQuery = z.object({
  agentId: AgentId.optional(),
  sessionId: SessionId.optional(),
  userId: z.string().max(256).optional(),
  /** One status, or several with commas. */
  status: z
    .string()
    .transform((list) => list.split(','))
    .pipe(z.array(RunStatus))
    .optional(),
  limit: z.coerce.number().int().min(1).max(limitMax).default(limitDefault),
  cursor: z.string().optional(),
});

export const runsContract = {
  listRuns: {
    method: 'GET',
    path: '/api/runs',
    query: ListQuery,
    status: 200,
    response: z.object({ runs: z.array(RunView), nextCursor: z.string().nullable() }),
  },
  getRun: {
    method: 'GET',
    path: '/api/runs/{runId}',
    params: z.object({ runId: RunId }),
    status: 200,
    response: RunDetail,
  },
  decideRun: {
    method: 'POST',
    path: '/api/runs/{runId}/decision',
    params: z.object({ runId: RunId }),
    body: DecisionRequest,
    status: 200,
    response: RunDetail,
  },
  makeApprovalLink: {
    method: 'POST',
    path: '/api/runs/{runId}/approval-link',
    params: z.object({ runId: RunId }),
    body: z.object({ name: LinkName }),
    status: 200,
    response: ApprovalLinkView,
  },
  retryRun: {
    method: 'POST',
    path: '/api/runs/{runId}/retry',
    params: z.object({ runId: RunId }),
    body: z.object({ fromStep: z.int().min(0).optional() }).optional(),
    status: 202,
    response: RunView,
  },
  retryRuns: {
    method: 'POST',
    path: '/api/runs/retry',
    body: RetryFilter,
    status: 200,
    response: z.object({
      retried: z.array(z.object({ from: z.string(), to: z.string() })),
      skipped: z.array(z.object({ runId: z.string(), reason: z.string() })),
      nextCursor: z.string().nullable(),
    }),
  },
  listToolCalls: {
    method: 'GET',
    path: '/api/runs/{runId}/tool-calls',
    params: z.object({ runId: RunId }),
    status: 200,
    response: z.object({ toolCalls: z.array(ListedToolCall) }),
  },
  getToolCall: {
    method: 'GET',
    path: '/api/runs/{runId}/tool-calls/{toolCallId}',
    params: z.object({ runId: RunId, toolCallId: z.string() }),
    status: 200,
    response: ToolCallView,
  },
  followRun: {
    method: 'GET',
    path: '/api/runs/{runId}/events',
    params: z.object({ runId: RunId }),
    status: 200,
    contentType: 'text/event-stream',
    long: true,
  },
} as const satisfies Contract;
