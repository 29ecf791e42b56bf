import { earlierRequest, type IdempotencyClaim } from '../idempotency/idempotency.ts';
import { admitRun } from '../queue/admit-run.ts';
import { enterSession, type SessionEntry } from '../session/enter-session.ts';
import { TransactionConflict, type Write } from '../store/item-store.ts';
import { type RunKey, runKey } from '../store/keys.ts';
import { checkWebhookUrl } from '../webhook/check-webhook-url.ts';
import type { AgentCard, AgentRequest, RunContext, RunOptions } from './agents.ts';
import { checkMetadata, checkRequest } from './check-request.ts';
import type { RunDeps } from './deps.ts';
import type { Breakpoints, Run, RunMetadata, RunOrigin, RunSchedule, RunWebhook } from './run.ts';
import { invalidInput, RunError } from './run-error.ts';
import { type MediaInput, type SessionRunKey, storeInput, toPart } from './run-input.ts';
import type { RunPriority } from './run-priority.ts';
import { ringFor } from './run-queue.ts';
import { getRun, newRun, toRun } from './run-repository.ts';
import type { RunTally } from './run-tally.ts';

export interface SubmitRunCommand {
  readonly orgId: string;
  readonly userId: string;
  readonly principal: string;
  /** Whose credential it is: whoever asked for a run may have no say in it. `undefined`: not known. */
  readonly principalUserId: string | undefined;
  readonly agentId: string;
  /** The same for every attempt at this submission: a run of this id that is there is its run. @default - a new one */
  readonly runId?: string | undefined;
  /** @default - a new session */
  readonly sessionId?: string | undefined;
  readonly message: string;
  readonly media: readonly MediaInput[];
  readonly options: RunOptions;
  readonly generateFollowups: boolean;
  readonly idempotency: IdempotencyClaim | undefined;
  /** @default - in no group */
  readonly groupId?: string | undefined;
  /** Nobody waits for it: a fifth of the tenant's limits stays free for others. @default false */
  readonly leavesRoom?: boolean | undefined;
  /** At most 8 KB of JSON. @default - none */
  readonly metadata?: RunMetadata | undefined;
  /** @default normal */
  readonly priority?: RunPriority | undefined;
  /** Plain JSON for the agent: its tools read it, its model is shown it. @default - none */
  readonly context?: RunContext | undefined;
  /** Seconds that the run may work, pauses left out; its agent's limit holds too. */
  readonly timeoutSeconds?: number | undefined;
  /** Told how the run goes on, in the words of a dialect. @default - nobody is */
  readonly webhook?: RunWebhook | undefined;
  /** The run that this one repeats. */
  readonly origin?: RunOrigin | undefined;
  /** The firing that it is. */
  readonly schedule?: RunSchedule | undefined;
  /** Written with the run or not at all: where one of these cannot be, there is no run. */
  readonly alongside?: ((runId: string) => readonly Write[]) | undefined;
  /** Makes what has to be there before the run is. */
  readonly prepare?: ((runId: string) => Promise<void>) | undefined;
  /** What a dialect wants to show of the request again, kept as it is. */
  readonly wire?: Readonly<Record<string, unknown>> | undefined;
  /** Nothing is asked: the agent goes on from where the session stands. @default false */
  readonly continues?: boolean | undefined;
  /** Where it stops for its caller to look at it. @default - nowhere */
  readonly breakpoints?: Breakpoints | undefined;
  /** What it means for its session, where that is not simply the next run in its order. */
  readonly entry?: SessionEntry | undefined;
}

export interface SubmittedRun {
  readonly run: Run;
  /** An earlier request with the same idempotency key made the run. */
  readonly replayed: boolean;
}

export const previewCharacters = 160;
const maxAttempts = 50;

/** What it takes to submit a run. */
export type SubmitDeps = Omit<RunDeps, 'workflow' | 'watch'> & { readonly tally: RunTally };

/**
 * Stores a run with its turn in the session and its idempotency record in one transaction, so that
 * a run that was acknowledged is never lost. Rings nobody.
 * @throws RunError agent_not_found, invalid_input, invalid_webhook_url, idempotency_key_reused,
 *   rate_limited, queue_full, session_not_found, session_busy, checkpoint_not_found
 * @throws TransactionConflict where `alongside` meets another writer
 */
export async function storeRun(deps: SubmitDeps, command: SubmitRunCommand): Promise<SubmittedRun> {
  const agent = findAgent(deps, command);
  checkWebhook(deps, command);
  const key = newKey(deps, command);
  const { runId } = key;
  const request = toRequest(agent, command, key);
  const alongside = command.alongside?.(runId) ?? [];
  let input: Write | undefined;
  for (let attempt = 1; ; attempt += 1) {
    const earlier = await earlierRequest(deps, command.orgId, command.idempotency);
    if (earlier.runId !== undefined)
      return { run: await getRun(deps, { ...key, runId: earlier.runId }), replayed: true };
    // Before it is counted: what is submitted again takes nothing from the tenant's limits.
    const present = await runOfSubmission(deps, command, key);
    if (present) return { run: present, replayed: true };
    if (attempt === 1) {
      await admitRun(deps, command.orgId, command.leavesRoom);
      await command.prepare?.(runId);
    }
    input ??= await storeInput(deps, key, command, request);
    const { run, writes } = await prepareRun(deps, agent, command, key);
    const own = [...writes, input, ...earlier.remember(runId)];
    if (await isWritten(deps, alongside, own, attempt)) return { run, replayed: false };
    await deps.clock.sleep(Math.random() * 2 * attempt);
  }
}

/**
 * @returns whether nobody else was first
 * @throws TransactionConflict at the last attempt, or where the caller's writes meet another writer's
 */
async function isWritten(
  { store }: SubmitDeps,
  callers: readonly Write[],
  own: readonly Write[],
  attempt: number,
): Promise<boolean> {
  try {
    await store.transact([...callers, ...own]);
    return true;
  } catch (error) {
    if (attempt === maxAttempts || !isOwnConflict(error, callers.length)) throw error;
    return false;
  }
}

const isOwnConflict = (error: unknown, callersWrites: number) =>
  error instanceof TransactionConflict &&
  error.failed.every((position) => position >= callersWrites);

/** The run that another attempt at this submission has made. */
const runOfSubmission = async (deps: SubmitDeps, { runId }: SubmitRunCommand, key: RunKey) =>
  runId === undefined ? undefined : toRun(await deps.store.get(runKey(key)));

/** @throws RunError invalid_input where the agent cannot take it */
function toRequest(agent: AgentCard, command: SubmitRunCommand, key: SessionRunKey): AgentRequest {
  const media = command.media.map((input, i) => toPart(key, input, i));
  const request = { ...command, context: command.context ?? {}, media };
  const refused = [...checkRequest(agent, request), ...checkMetadata(command.metadata)];
  if (refused.length > 0) throw invalidInput(refused);
  return request;
}

/** Stores a run and has it dispatched when its turn and a slot are there. @throws as `storeRun` */
export async function submitRun(
  deps: SubmitDeps,
  command: SubmitRunCommand,
): Promise<SubmittedRun> {
  const submitted = await storeRun(deps, command);
  if (!submitted.replayed) await deps.queue.send([ringFor(submitted.run)]);
  return submitted;
}

/** @throws RunError agent_not_found */
export function findAgent(
  { agents }: Pick<SubmitDeps, 'agents'>,
  command: Pick<SubmitRunCommand, 'agentId' | 'orgId'>,
): AgentCard {
  const agent = agents.find(command.agentId, command.orgId);
  if (agent) return agent;
  throw new RunError('agent_not_found', `There is no agent ${command.agentId}.`);
}

function checkWebhook(
  { settings }: Pick<SubmitDeps, 'settings'>,
  { webhook }: SubmitRunCommand,
): void {
  if (webhook) checkWebhookUrl(webhook.url, { allowsLoopback: settings.webhooksToLoopback });
}

const newKey = (
  { newId }: SubmitDeps,
  { orgId, runId, sessionId }: SubmitRunCommand,
): SessionRunKey => ({
  runId: runId ?? newId(),
  orgId,
  sessionId: sessionId ?? newId(),
});

async function prepareRun(
  deps: SubmitDeps,
  agent: AgentCard,
  command: SubmitRunCommand,
  { runId, sessionId }: SessionRunKey,
) {
  const now = deps.clock.now();
  const { orgId, userId, agentId, origin } = command;
  const entered = await enterSession(deps, command, { orgId, sessionId }, runId);
  const { turn, writes, ...entry } = entered;
  const queued: Run = {
    status: 'QUEUED',
    id: runId,
    orgId,
    userId,
    principal: command.principal,
    agentId,
    agentVersion: agent.version,
    sessionId,
    turn,
    messagePreview: command.message.slice(0, previewCharacters),
    priority: command.priority ?? 'normal',
    ...chosen(command),
    ...entry,
    createdAt: now,
    version: 1,
    epoch: 0,
    fence: 0,
    lastSeq: 0,
    changes: 0,
    step: origin?.step ?? 0,
    base: null,
    deaths: 0,
    pauses: 0,
    usage: { inputTokens: 0, outputTokens: 0 },
    model: command.options.model ?? agent.model,
    wakeAt: entry.startAt ?? now + deps.settings.wakeSeconds * 1000,
    waitsForSlot: false,
    held: false,
  };
  const created = newRun(deps.settings, queued, [{ type: 'run.queued', data: {} }]);
  return { run: created.run, writes: [...created.writes, ...writes] };
}

/** Of what a caller may say of a run, what it has said. */
function chosen(command: SubmitRunCommand) {
  const { principalUserId, groupId, metadata, webhook, timeoutSeconds } = command;
  const { origin, schedule, breakpoints } = command;
  return {
    ...(principalUserId === undefined ? {} : { principalUserId }),
    ...(groupId === undefined ? {} : { groupId }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(webhook === undefined ? {} : { webhook }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    ...(origin === undefined ? {} : { origin }),
    ...(schedule === undefined ? {} : { schedule }),
    ...(breakpoints === undefined ? {} : { breakpoints }),
  };
}
