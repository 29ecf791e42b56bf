import * as z from 'zod';
import type { Contract } from '#api/contract.ts';
import { WireRunId } from '#api/wire-id.ts';
import { RunStatus } from '#core/run/run.ts';
import { RunPriority } from '#core/run/run-priority.ts';
import { EditedArguments } from '#core/session/transcript.ts';
import { AgentId, SessionId } from '#core/tenant/ids.ts';

/*
 * https://operativusai.mintlify.site, API Reference: "Run an Agent Synchronously" and "Background
 * Agent Runs".
 */

const isWebUrl = (text: string) => /^https?:\/\//i.test(text);

const MediaInput = z.object({
  type: z.string().regex(/^[\w.+-]+\/[\w.+-]+$/, 'must be a MIME type such as image/png'),
  data: z
    .string()
    .min(1)
    .refine((data) => isWebUrl(data) || z.base64().safeParse(data).success, {
      error: 'must be base64 or an http(s) URL',
    })
    .refine((data) => !isWebUrl(data) || URL.canParse(data), { error: 'is not a valid URL' }),
});

const RunOptions = z.object({
  model: z.string().min(1).max(256).optional(),
  temperature: z.number().min(0).max(2).optional(),
  maxTokens: z.int().min(1).optional(),
});

export const RunRequest = z.object({
  message: z.string().refine((text) => text.trim() !== '', { error: 'must not be empty' }),
  sessionId: SessionId.nullish(),
  userId: z.string().min(1).max(256).nullish(),
  /** The organisation comes from the token; this one is ignored, as the original does. */
  orgId: z.string().nullish(),
  generateFollowups: z.boolean().nullish(),
  media: z.array(MediaInput).max(20).nullish(),
  options: RunOptions.nullish(),
  /** Ours: which runs of the organisation go first. */
  priority: RunPriority.nullish(),
});

const ContinueRequest = z.object({
  action: z.enum(['APPROVE', 'REJECT'], { error: 'must be "APPROVE" or "REJECT"' }),
  reason: z.string().max(4000).optional(),
  /** Decides on this approval or none: what is shown may be decided already, and another be asked. */
  approvalId: z.string().optional(),
  /** Approves the call with these arguments instead of the ones that were shown. */
  arguments: EditedArguments.optional(),
});

/** Of the server `tool`, `args`, `approvalId`; the rest is ours. */
export const RequiredAction = z.object({
  type: z.literal('TOOL_APPROVAL'),
  approvalId: z.string(),
  tool: z.string(),
  args: z.unknown(),
  reason: z.string(),
  expiresAt: z.string(),
});

const Failure = z.object({ code: z.string(), message: z.string() });

const Count = z.number().nullable();

/** As the documentation has it, and as the server and its client have it. */
const ToolCall = z.object({
  id: z.string(),
  name: z.string(),
  arguments: z.unknown(),
  result: z.string(),
  toolName: z.string(),
  /** The arguments as JSON. */
  toolInput: z.string(),
  toolOutput: z.string(),
  /** Not known of a call that was refused, or made before calls were timed. */
  durationMs: z.number().nullable(),
  isError: z.boolean(),
});

/** What its server knows of a run beside the documentation; `null` where we do not know it. */
const Metrics = z.object({
  inputTokens: z.number(),
  outputTokens: z.number(),
  reasoningTokens: Count,
  llmCallCount: z.number(),
  errorCount: z.number(),
  durationMs: z.number(),
  model: z.string(),
  errorType: z.string().nullable(),
  errorMessage: z.string().nullable(),
});

export const RunResponse = z.object({
  runId: z.string(),
  sessionId: z.string(),
  content: z.string(),
  metadata: z.object({
    model: z.string(),
    promptTokens: z.number(),
    completionTokens: z.number(),
    totalTokens: z.number(),
    /** When PAUSED: by its server's name, and by the one that its client looks for. */
    requiredAction: RequiredAction.optional(),
    required_action: RequiredAction.optional(),
  }),
  tools: z.array(ToolCall),
  reasoningSteps: z.array(z.string()),
  status: RunStatus,
  metrics: Metrics,
  /** When PAUSED: the call that waits for a decision. */
  requiredAction: RequiredAction.optional(),
  /** When FAILED. */
  error: Failure.optional(),
});

export const AgentRun = z.object({
  id: z.string(),
  runId: z.string(),
  agentId: z.string(),
  sessionId: z.string(),
  userId: z.string(),
  orgId: z.string(),
  /** The run that this one repeats. */
  parentRunId: z.string().nullable(),
  status: RunStatus,
  model: z.string(),
  input: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  startedAt: z.string().nullable(),
  completedAt: z.string().nullable(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  totalTokens: z.number(),
  durationMs: Count,
  /** Prices are nobody's business here. */
  totalCostUsd: z.null(),
  errorType: z.string().nullable(),
  errorMessage: z.string().nullable(),
  output: z.string().optional(),
  requiredAction: RequiredAction.optional(),
  error: Failure.optional(),
});

export const agentParams = z.object({ agentId: AgentId });
const runParams = z.object({ agentId: AgentId, runId: WireRunId });

const runIdsPerRequest = 100;

/** One list with commas, as documented, or the name several times, as its client has it. */
const RunIds = z
  .union([z.string(), z.array(z.string())])
  .transform((lists) => [lists].flat().flatMap((list) => list.split(',')))
  .transform((ids) => ids.filter((id) => id !== ''))
  .pipe(
    z
      .array(WireRunId)
      .min(1, 'must name at least one run')
      .max(runIdsPerRequest, `must name at most ${runIdsPerRequest} runs`),
  )
  .transform((ids) => [...new Set(ids)]);

export const runsContract = {
  run: {
    method: 'POST',
    path: '/api/agents/{agentId}/runs',
    params: agentParams,
    body: RunRequest,
    status: 200,
    response: RunResponse,
    long: true,
  },
  submitBackgroundRun: {
    method: 'POST',
    path: '/api/agents/{agentId}/runs/background',
    params: agentParams,
    body: RunRequest,
    status: 200,
    response: z.object({ runId: z.string(), status: z.literal('QUEUED') }),
  },
  getRunStatus: {
    method: 'GET',
    path: '/api/agents/{agentId}/runs/{runId}/status',
    params: runParams,
    status: 200,
    response: AgentRun,
  },
  getRunStatuses: {
    method: 'GET',
    path: '/api/agents/{agentId}/runs/status',
    params: agentParams,
    query: z.object({ runIds: RunIds }),
    repeated: ['runIds'],
    status: 200,
    response: z.array(AgentRun),
  },
  continueRun: {
    method: 'POST',
    path: '/api/agents/{agentId}/runs/{runId}/continue',
    params: runParams,
    body: ContinueRequest,
    status: 200,
    response: RunResponse,
    long: true,
  },
  cancelRun: {
    method: 'DELETE',
    path: '/api/agents/{agentId}/runs/{runId}',
    params: runParams,
    status: 204,
  },
} as const satisfies Contract;
