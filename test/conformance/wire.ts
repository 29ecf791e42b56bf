import * as z from 'zod';

/*
 * What the documentation says that callers get, written from it and from nothing else, and strict:
 * a field that is not written down here is one that somebody may come to depend on.
 */

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

export const Uuid = z.string().regex(new RegExp(`^${uuid}$`));
export const RunId = z.string().regex(new RegExp(`^run_${uuid}$`));
const Time = z.iso.datetime();
const NotYet = z.null();

export const SubmittedRun = z.strictObject({ runId: RunId, status: z.literal('QUEUED') });

export const RequiredAction = z.strictObject({
  type: z.literal('TOOL_APPROVAL'),
  approvalId: z.string().min(1),
  tool: z.string().min(1),
  args: z.record(z.string(), z.unknown()),
  reason: z.string(),
  expiresAt: Time,
});

const Failure = z.strictObject({ code: z.string().min(1), message: z.string().min(1) });

interface Times {
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly completedAt: string | null;
}

/** A run that never began may end. */
const isInOrder = ({ createdAt, startedAt, completedAt }: Times) => {
  const times = [createdAt, startedAt, completedAt].flatMap((at) => (at ? [Date.parse(at)] : []));
  return times.every((at, i) => at >= (times[i - 1] ?? at));
};

const Unknown = z.null();

/** As documented, and beside it what Operativus' server and its client call the same. */
const agentRun = {
  id: RunId,
  runId: RunId,
  agentId: z.string().min(1),
  sessionId: Uuid,
  userId: z.string().min(1),
  orgId: z.string().min(1),
  parentRunId: RunId.nullable(),
  model: z.string().min(1),
  input: z.string().min(1),
  createdAt: Time,
  updatedAt: Time,
  startedAt: Time,
  inputTokens: z.int().nonnegative(),
  outputTokens: z.int().nonnegative(),
  totalTokens: z.int().nonnegative(),
  durationMs: z.int().nonnegative().nullable(),
  totalCostUsd: Unknown,
  errorType: Unknown,
  errorMessage: Unknown,
};
const ended = { ...agentRun, completedAt: Time };
const maybeNeverBegan = { ...ended, startedAt: Time.nullable() };

export const AgentRun = z
  .discriminatedUnion('status', [
    z.strictObject({
      ...agentRun,
      status: z.literal('QUEUED'),
      startedAt: NotYet,
      completedAt: NotYet,
    }),
    z.strictObject({ ...agentRun, status: z.literal('RUNNING'), completedAt: NotYet }),
    z.strictObject({
      ...agentRun,
      status: z.literal('PAUSED'),
      completedAt: NotYet,
      requiredAction: RequiredAction,
    }),
    z.strictObject({ ...ended, status: z.literal('COMPLETED'), output: z.string() }),
    z.strictObject({
      ...maybeNeverBegan,
      status: z.literal('FAILED'),
      error: Failure,
      errorType: z.string().min(1),
      errorMessage: z.string().min(1),
    }),
    z.strictObject({ ...maybeNeverBegan, status: z.literal('CANCELLED') }),
  ])
  .refine(isInOrder, 'createdAt, startedAt and completedAt are out of order');
export type AgentRun = z.infer<typeof AgentRun>;
export type RunStatus = AgentRun['status'];

const Count = z.int().nonnegative();

const usage = {
  model: z.string().min(1),
  promptTokens: Count,
  completionTokens: Count,
  totalTokens: Count,
};
interface Counts {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
}
const addsUp = ({ promptTokens, completionTokens, totalTokens }: Counts) =>
  totalTokens === promptTokens + completionTokens;
const sum = 'totalTokens is not the sum of promptTokens and completionTokens';

const Usage = z.strictObject(usage).refine(addsUp, sum);
const UsageOfPaused = z
  .strictObject({ ...usage, requiredAction: RequiredAction, required_action: RequiredAction })
  .refine(addsUp, sum);

export const ToolCall = z
  .strictObject({
    id: z.string().min(1),
    name: z.string().min(1),
    arguments: z.record(z.string(), z.unknown()),
    result: z.string(),
    toolName: z.string().min(1),
    toolInput: z.string(),
    toolOutput: z.string(),
    durationMs: z.int().nonnegative().nullable(),
    isError: z.boolean(),
  })
  .refine(
    (call) =>
      call.name === call.toolName &&
      call.result === call.toolOutput &&
      JSON.stringify(call.arguments) === call.toolInput,
    'the two shapes of a tool call do not say the same',
  );

const metrics = {
  inputTokens: Count,
  outputTokens: Count,
  reasoningTokens: Unknown,
  llmCallCount: Count,
  errorCount: Count,
  durationMs: Count,
  model: z.string().min(1),
  errorType: Unknown,
  errorMessage: Unknown,
};

const runResponse = {
  runId: RunId,
  sessionId: Uuid,
  metadata: Usage,
  tools: z.array(ToolCall),
  reasoningSteps: z.array(z.string().min(1)),
  metrics: z.strictObject(metrics),
};
const withoutAnswer = { ...runResponse, content: z.literal('') };

export const RunResponse = z.discriminatedUnion('status', [
  z.strictObject({ ...runResponse, status: z.literal('COMPLETED'), content: z.string() }),
  z.strictObject({
    ...withoutAnswer,
    status: z.literal('PAUSED'),
    metadata: UsageOfPaused,
    requiredAction: RequiredAction,
  }),
  z.strictObject({
    ...withoutAnswer,
    status: z.literal('FAILED'),
    error: Failure,
    metrics: z.strictObject({ ...metrics, errorType: z.string(), errorMessage: z.string() }),
  }),
  z.strictObject({ ...withoutAnswer, status: z.literal('CANCELLED') }),
  z.strictObject({ ...withoutAnswer, status: z.enum(['QUEUED', 'RUNNING']) }),
]);
export type RunResponse = z.infer<typeof RunResponse>;

export const Agents = z.array(
  z.strictObject({
    agentId: z.string().min(1),
    name: z.string().min(1),
    description: z.string(),
    model: z.string().min(1),
    tools: z.array(z.string()),
    instructions: z.string(),
    isTeam: z.boolean(),
    active: z.literal(true),
  }),
);

/** RFC 9457, with what our errors add to it. */
export const Problem = z.strictObject({
  type: z.string().regex(/^urn:problem-type:[a-z-]+$/),
  title: z.string().min(1),
  status: z.int(),
  detail: z.string().min(1),
  code: z.string().regex(/^[a-z_]+$/),
  instance: z.string().optional(),
  invalidParams: z
    .array(z.strictObject({ name: z.string(), reason: z.string().min(1) }))
    .min(1)
    .optional(),
  runId: z.string().min(1).optional(),
  currentStatus: z.string().optional(),
  decided: z
    .strictObject({ decision: z.enum(['APPROVE', 'REJECT']), by: z.string().min(1), at: Time })
    .optional(),
});
export type Problem = z.infer<typeof Problem>;
