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

const agentRun = {
  id: RunId,
  agentId: z.string().min(1),
  sessionId: Uuid,
  createdAt: Time,
  startedAt: Time,
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
    z.strictObject({ ...maybeNeverBegan, status: z.literal('FAILED'), error: Failure }),
    z.strictObject({ ...maybeNeverBegan, status: z.literal('CANCELLED') }),
  ])
  .refine(isInOrder, 'createdAt, startedAt and completedAt are out of order');
export type AgentRun = z.infer<typeof AgentRun>;
export type RunStatus = AgentRun['status'];

const Count = z.int().nonnegative();

const Usage = z
  .strictObject({
    model: z.string().min(1),
    promptTokens: Count,
    completionTokens: Count,
    totalTokens: Count,
  })
  .refine((usage) => usage.totalTokens === usage.promptTokens + usage.completionTokens, {
    error: 'totalTokens is not the sum of promptTokens and completionTokens',
  });

export const ToolCall = z.strictObject({
  name: z.string().min(1),
  arguments: z.record(z.string(), z.unknown()),
  result: z.string(),
});

const runResponse = {
  runId: RunId,
  sessionId: Uuid,
  metadata: Usage,
  tools: z.array(ToolCall),
  reasoningSteps: z.array(z.string().min(1)),
};
const withoutAnswer = { ...runResponse, content: z.literal('') };

export const RunResponse = z.discriminatedUnion('status', [
  z.strictObject({ ...runResponse, status: z.literal('COMPLETED'), content: z.string() }),
  z.strictObject({
    ...withoutAnswer,
    status: z.literal('PAUSED'),
    requiredAction: RequiredAction,
  }),
  z.strictObject({ ...withoutAnswer, status: z.literal('FAILED'), error: Failure }),
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
