import * as z from 'zod';
import type { DialectDeps } from '#api/dialect-deps.ts';
import type { IdempotencyClaim } from '#core/idempotency/idempotency.ts';
import type { AgentCard, RunOptions } from '#core/run/agents.ts';
import type { Breakpoints, StepKind } from '#core/run/run.ts';
import { invalidInput } from '#core/run/run-error.ts';
import type { SubmitRunCommand } from '#core/run/submit-run.ts';
import { checkpointTree } from '#core/session/checkpoints.ts';
import type { SessionEntry } from '#core/session/enter-session.ts';
import { checkpointNotFound } from '#core/session/session-error.ts';
import type { Principal } from '#core/tenant/principal.ts';
import { checkpointIdOf } from '../state/checkpoint-id.ts';
import type { RunRequest } from './contract.ts';
import { readInput } from './input.ts';
import { keepRequest } from './kept-request.ts';

export interface StartRequest {
  /** @default - a thread of its own */
  readonly threadId: string | undefined;
  readonly body: RunRequest;
  readonly principal: Principal;
  readonly idempotency: IdempotencyClaim | undefined;
  /** Whether its caller waits: it is started at once, where its turn and a slot are there. */
  readonly isAwaited: boolean;
}

/** How long what a run without a thread has left can still be read, by whoever waited for it. */
const statelessSeconds = 300;

/** @throws RunError invalid_input, checkpoint_not_found */
export async function commandOf(
  deps: DialectDeps,
  agent: AgentCard,
  { threadId, body, principal, idempotency }: StartRequest,
): Promise<SubmitRunCommand> {
  const input = inputOf(body);
  const asked = readInput(input ?? null);
  const configurable = body.config?.configurable ?? {};
  const { user_id } = configurable;
  return {
    orgId: principal.orgId,
    userId: typeof user_id === 'string' && user_id !== '' ? user_id : principal.userId,
    principal: principal.name,
    principalUserId: principal.userId,
    agentId: agent.id,
    sessionId: threadId,
    message: asked.message,
    media: asked.media,
    continues: input === undefined,
    options: optionsOf(configurable, body.config?.recursion_limit),
    breakpoints: breakpointsOf(body),
    generateFollowups: false,
    context: { ...withoutIds(configurable), ...asked.context, ...body.context },
    metadata: body.metadata ?? undefined,
    webhook: webhookOf(body),
    wire: keepRequest(body, threadId === undefined && body.on_completion !== 'keep'),
    idempotency,
    entry: await entryOf(deps, body, threadId, principal.orgId),
  };
}

/** Who is told of the run; `undefined` where nobody is. */
export const webhookOf = ({ webhook }: RunRequest) =>
  webhook ? { url: webhook, dialect: 'langgraph' } : undefined;

/** Where the run stops; `undefined` where it does nowhere. */
export function breakpointsOf({
  interrupt_before,
  interrupt_after,
}: RunRequest): Breakpoints | undefined {
  const [before, after] = [kindsOf(interrupt_before), kindsOf(interrupt_after)];
  return before.length + after.length > 0 ? { before, after } : undefined;
}

const kindsOf = (nodes: RunRequest['interrupt_before']): StepKind[] =>
  nodes === '*'
    ? ['model', 'tools']
    : (nodes ?? []).map((node) => (node === 'tools' ? 'tools' : 'model'));

/** What is said with a run; `undefined` where it only goes on. */
export function inputOf({
  input,
  command,
}: RunRequest): z.infer<ReturnType<typeof z.json>> | undefined {
  checkGoto(command?.goto);
  const said = input ?? command?.update ?? undefined;
  const isEmpty =
    typeof said === 'object' && said !== null && !Array.isArray(said) && isNothing(said);
  return isEmpty ? undefined : said;
}

const isNothing = (input: object) =>
  Object.entries(input).every(([, value]) => Array.isArray(value) && value.length === 0);

/** An agent decides by itself what it does next. */
function checkGoto(goto: unknown): void {
  const nodes = goto == null ? [] : [goto].flat();
  if (nodes.every((node) => node === 'agent' || node === 'tools')) return;
  throw invalidInput([
    { field: 'command.goto', message: 'may name "agent" or "tools", and no other node' },
  ]);
}

async function entryOf(
  deps: DialectDeps,
  body: RunRequest,
  threadId: string | undefined,
  orgId: string,
): Promise<SessionEntry> {
  const checkpointId = body.checkpoint_id ?? body.checkpoint?.checkpoint_id ?? undefined;
  const from =
    checkpointId && threadId
      ? await findCheckpoint(deps, { orgId, sessionId: threadId }, checkpointId)
      : undefined;
  const seconds = body.after_seconds ?? 0;
  const isTemporary = threadId === undefined && body.on_completion !== 'keep';
  return {
    mustExist: threadId !== undefined && body.if_not_exists !== 'create',
    ...(isTemporary ? { ttlSeconds: statelessSeconds } : {}),
    whenBusy: body.multitask_strategy ?? 'enqueue',
    supersedesPause: true,
    keepsSteps: true,
    ...(from ? { from: { checkpoint: from } } : {}),
    ...(seconds > 0 ? { startAt: deps.clock.now() + seconds * 1000 } : {}),
  };
}

async function findCheckpoint(
  deps: DialectDeps,
  key: Parameters<typeof checkpointTree>[1],
  checkpointId: string,
) {
  const { all } = await checkpointTree(deps, key);
  const found = all.find((one) => checkpointIdOf(one) === checkpointId);
  if (found === undefined) throw checkpointNotFound();
  return { runId: found.runId, step: found.step };
}

const Options = z.object({
  model: z.string().optional().catch(undefined),
  temperature: z.number().min(0).max(2).optional().catch(undefined),
  max_tokens: z.int().min(1).optional().catch(undefined),
});

function optionsOf(configurable: object, limit: number | null | undefined): RunOptions {
  const { max_tokens: maxTokens, ...options } = Options.parse(configurable);
  return { ...options, maxTokens, maxSteps: limit ?? undefined };
}

/** What is ours, or the engine's, is not the agent's context. */
const engineKeys = new Set([
  ...['thread_id', 'run_id', 'assistant_id', 'graph_id', 'user_id', 'checkpoint_id'],
  ...['checkpoint_ns', 'model', 'temperature', 'max_tokens'],
]);

const withoutIds = <Value>(configurable: Readonly<Record<string, Value>>) =>
  Object.fromEntries(Object.entries(configurable).filter(([key]) => !engineKeys.has(key)));
