import * as z from 'zod';
import { StoredValue } from '../store/stored-value.ts';
import { RunPriority } from './run-priority.ts';

export const RunStatus = z.enum([
  'QUEUED',
  'RUNNING',
  'PAUSED',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
]);
export type RunStatus = z.infer<typeof RunStatus>;

export const RunFailureCode = z.enum([
  'timeout',
  'approval_expired',
  'agent_error',
  'model_error',
  'step_limit',
  'token_limit',
  'infrastructure',
]);
export type RunFailureCode = z.infer<typeof RunFailureCode>;

export const RunFailure = z.object({ code: RunFailureCode, message: z.string() });
export type RunFailure = z.infer<typeof RunFailure>;

/** A place in a session's tree of checkpoints. */
export const CheckpointRef = z.object({ runId: z.string(), step: z.number() });
export type CheckpointRef = z.infer<typeof CheckpointRef>;

/** Where a run that repeats another began: after so many of its steps, or anew. */
export const RunOrigin = z.object({ runId: z.string(), step: z.number() });
export type RunOrigin = z.infer<typeof RunOrigin>;

/** The schedule that had it submitted, and for which of its times: epoch milliseconds. */
export const RunSchedule = z.object({ id: z.string(), firedFor: z.number() });
export type RunSchedule = z.infer<typeof RunSchedule>;

/** Where a run begins that does not begin where its session stands by then. */
export const StartingPoint = z.object({
  /** `null`: with nothing said. */
  checkpoint: CheckpointRef.nullable(),
  /** The call that was begun there, must not be repeated, and of which no result is known. */
  begun: z.string().optional(),
});
export type StartingPoint = z.infer<typeof StartingPoint>;

/** Who is told how the run goes on, in which dialect's words. */
export const RunWebhook = z.object({
  url: z.string(),
  dialect: z.string(),
  /** Types of the events that it is told. @default - all of the run's */
  events: z.array(z.string()).optional(),
});
export type RunWebhook = z.infer<typeof RunWebhook>;

/** What the caller has to say of the run, for its own use. */
export const RunMetadata = z.record(z.string(), z.json());
export type RunMetadata = z.infer<typeof RunMetadata>;

/** How far a run is, as it said last; `percentage` from 0 to 100. */
export const RunProgress = z.object({
  phase: z.string(),
  percentage: z.number().min(0).max(100).optional(),
  message: z.string().optional(),
});
export type RunProgress = z.infer<typeof RunProgress>;

/**
 * `interrupt` cancels them and goes on from what they have done, `rollback` undoes them, `pause`
 * cancels only one that waits for a person.
 */
export const Supersedes = z.enum(['interrupt', 'rollback', 'pause']);
export type Supersedes = z.infer<typeof Supersedes>;

/** Tokens as the providers count them, summed over the run's model calls. */
export const Usage = z.object({ inputTokens: z.number(), outputTokens: z.number() });
export type Usage = z.infer<typeof Usage>;

export const RunOutput = z.object({
  /** The agent's answer in Markdown, without the follow-up questions. */
  content: z.string(),
  followups: z.array(z.string()),
  /** The answer as data, of an agent that declares a shape for it. */
  structured: z.json().optional(),
});
export type RunOutput = z.infer<typeof RunOutput>;

/** `expired` policies: see ExpiryPolicy of the tool. Times are epoch milliseconds. */
export const PendingApproval = z.object({
  approvalId: z.string(),
  toolCallId: z.string(),
  tool: z.string(),
  arguments: z.unknown(),
  /** sha256 of tool, arguments and agent version: a decision holds for exactly this call. */
  callHash: z.string(),
  reason: z.string(),
  requestedAt: z.number(),
  expiresAt: z.number(),
  /** When whoever decides is reminded; gone once that was done. */
  remindAt: z.number().optional(),
  onExpiry: z.enum(['reject', 'cancel', 'fail']),
  /** It is decided on with the arguments that it has. */
  takesNoEdit: z.literal(true).optional(),
});
export type PendingApproval = z.infer<typeof PendingApproval>;

/** What an agent does in a step: it asks its model, or makes a call that the model has asked for. */
export const StepKind = z.enum(['model', 'tools']);
export type StepKind = z.infer<typeof StepKind>;

/** Where a run stops by itself, once each time it comes there, for its caller to look at it. */
export const Breakpoints = z.object({ before: z.array(StepKind), after: z.array(StepKind) });
export type Breakpoints = z.infer<typeof Breakpoints>;

/** `expiresAt`, in epoch milliseconds: when it is cancelled, where nobody has let it go on. */
export const Breakpoint = z.object({ next: StepKind, expiresAt: z.number() });
export type Breakpoint = z.infer<typeof Breakpoint>;

/** Held by one invocation of a segment; only its holder may write the run's progress. */
export const Lease = z.object({ owner: z.string(), until: z.number() });
export type Lease = z.infer<typeof Lease>;

const base = {
  id: z.string(),
  orgId: z.string(),
  /** A label the caller may choose; scopes memory and lists, never a permission. */
  userId: z.string(),
  /** Who submitted it, from the credential. */
  principal: z.string(),
  /** Whose credential that was. */
  principalUserId: z.string().optional(),
  agentId: z.string(),
  agentVersion: z.string(),
  sessionId: z.string(),
  /** Place in the session's order, from 1. */
  turn: z.number(),
  messagePreview: z.string(),
  priority: RunPriority.default('normal'),
  /** A label that groups runs; orders nothing and shares nothing. */
  groupId: z.string().optional(),
  metadata: RunMetadata.optional(),
  webhook: RunWebhook.optional(),
  origin: RunOrigin.optional(),
  schedule: RunSchedule.optional(),
  /** Of a run that repeats another: its session has gone on, and is not turned back by its answer. */
  aside: z.boolean().optional(),
  /** How long it may work, where that is less than its agent's limit. */
  timeoutSeconds: z.number().optional(),
  progress: RunProgress.optional(),
  breakpoints: Breakpoints.optional(),
  /** Its finished steps stay in the session though it fails or is cancelled. */
  keepsSteps: z.boolean().optional(),
  /** What it does to the runs before it in its session, instead of waiting for them. */
  supersedes: Supersedes.optional(),
  from: StartingPoint.optional(),
  createdAt: z.number(),
  /** Raised by every write; each write is conditional on the one before. */
  version: z.number(),
  /** Number of the workflow execution; 0 before the first. */
  epoch: z.number(),
  /** Number of the segment invocation that may write; 0 where none has begun in this epoch. */
  fence: z.number(),
  /** Number of the newest event. */
  lastSeq: z.number(),
  /** How much the world was told of it, whoever listened. */
  changes: z.number().default(0),
  /** Steps with a checkpoint. */
  step: z.number(),
  /** Where the session stood when the run began; `null` at a session's first run. */
  base: CheckpointRef.nullable(),
  /** Segment invocations that died at the present step. */
  deaths: z.number(),
  /** Times it stopped: for a decision, or at a breakpoint. */
  pauses: z.number(),
  usage: Usage,
  model: z.string(),
  /** When the sweeper looks at the run if it has not moved on; never before a lease ends. */
  wakeAt: z.number(),
};

const started = { ...base, startedAt: z.number(), deadline: z.number() };
/** The tool call that had begun, must not be repeated, and has no recorded result. */
const interrupted = { begun: z.string().nullable().optional() };
const ended = {
  ...base,
  ...interrupted,
  startedAt: z.number().nullable(),
  completedAt: z.number(),
  expiresAt: z.number(),
  /** Its caller wants it gone, or with it what it has left in its session. */
  deleted: z.enum(['alone', 'with-steps']).optional(),
};
/** The session goes on from its steps though it did not complete. */
const kept = { kept: z.boolean().optional() };

const paused = {
  ...started,
  ...interrupted,
  status: z.literal('PAUSED'),
  slot: z.number(),
  pausedAt: z.number(),
};
const absent = z.undefined().optional();

/** Somebody has to decide on a call, or the run's own caller to let it go on. */
const Paused = z.discriminatedUnion('pausedBy', [
  z.object({
    ...paused,
    pausedBy: z.literal('approval').optional(),
    pendingApproval: PendingApproval,
    breakpoint: absent,
  }),
  z.object({
    ...paused,
    pausedBy: z.literal('breakpoint'),
    breakpoint: Breakpoint,
    pendingApproval: absent,
  }),
]);

/** One state, one member: a field that makes sense in one state only exists only there. */
export const Run = z.discriminatedUnion('status', [
  z.object({
    ...base,
    status: z.literal('QUEUED'),
    /** It found no slot free. */
    waitsForSlot: z.boolean(),
    /** Its agent or its tenant is paused. */
    held: z.boolean().default(false),
    /** Not before this time; it has no turn in its session until then. */
    startAt: z.number().optional(),
  }),
  z.object({
    ...started,
    status: z.literal('RUNNING'),
    slot: z.number(),
    lease: Lease.nullable(),
    /** The approval whose decision the next step takes up. */
    decided: z.string().nullable(),
    /** The tool call that has begun, must not be repeated, and has no recorded result. */
    begun: z.string().nullable(),
    /** Times the sweeper found the run standing still since it was last leased. */
    wakes: z.number(),
  }),
  Paused,
  z.object({ ...ended, status: z.literal('COMPLETED'), output: StoredValue }),
  z.object({
    ...ended,
    ...kept,
    status: z.literal('FAILED'),
    error: RunFailure,
    /** The workflow execution has still to be ended. */
    executionOpen: z.boolean(),
  }),
  z.object({
    ...ended,
    ...kept,
    status: z.literal('CANCELLED'),
    reason: z.string(),
    /** Still held by a segment that has not noticed yet. */
    slot: z.number().nullable(),
    /** The workflow execution has still to be ended. */
    executionOpen: z.boolean(),
  }),
]);
export type Run = z.infer<typeof Run>;
export type RunIn<Status extends RunStatus> = Extract<Run, { status: Status }>;
/** Waits for a decision on a call. */
export type AskingRun = Extract<RunIn<'PAUSED'>, { pendingApproval: PendingApproval }>;
/** Waits for its caller to let it go on. */
export type StoppedRun = Extract<RunIn<'PAUSED'>, { breakpoint: Breakpoint }>;
export type LiveRun = RunIn<'QUEUED' | 'RUNNING' | 'PAUSED'>;
export type EndedRun = RunIn<'COMPLETED' | 'FAILED' | 'CANCELLED'>;

/** The statuses that may follow; a terminal status never changes. */
export const nextStatuses: Readonly<Record<RunStatus, readonly RunStatus[]>> = {
  QUEUED: ['RUNNING', 'CANCELLED', 'FAILED'],
  RUNNING: ['PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED'],
  PAUSED: ['RUNNING', 'FAILED', 'CANCELLED'],
  COMPLETED: [],
  FAILED: [],
  CANCELLED: [],
};

export const isTerminal = (status: RunStatus) => nextStatuses[status].length === 0;

/** The newest checkpoint that a run goes on from, or has left. */
export const lastCheckpoint = (run: Run): CheckpointRef | null =>
  run.step === 0 ? run.base : { runId: run.id, step: run.step };

export const hasEnded = (run: Run): run is EndedRun => isTerminal(run.status);

/** Whether its caller wants it gone: there for whoever works on it, and for nobody else. */
export const isDeleted = (run: Run) => hasEnded(run) && run.deleted !== undefined;

/** Ended, or waiting for somebody: a caller that waits for the run has its answer. */
export const isSettled = (run: Run) => run.status === 'PAUSED' || hasEnded(run);

/** When the sweeper has to look at the run, whatever else happens. Epoch milliseconds. */
export function dueAt(run: Run): number {
  switch (run.status) {
    case 'QUEUED':
    case 'RUNNING':
      return run.wakeAt;
    case 'PAUSED':
      return run.pendingApproval
        ? (run.pendingApproval.remindAt ?? run.pendingApproval.expiresAt)
        : run.breakpoint.expiresAt;
    case 'CANCELLED':
      return run.slot !== null || run.executionOpen ? run.wakeAt : run.expiresAt;
    case 'FAILED':
      return run.executionOpen ? run.wakeAt : run.expiresAt;
    case 'COMPLETED':
      return run.expiresAt;
  }
}

/**
 * When the sweeper is to look at a run that was touched now. It stays as it was unless that would be
 * too soon: an index entry that does not move is a write saved.
 */
export const wakeAfter = (
  wakeAt: number,
  now: number,
  settings: { readonly leaseSeconds: number; readonly wakeSeconds: number },
) => (wakeAt >= now + settings.leaseSeconds * 1000 ? wakeAt : now + settings.wakeSeconds * 1000);
