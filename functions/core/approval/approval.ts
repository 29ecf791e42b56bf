import * as z from 'zod';
import { EditedArguments } from '../session/transcript.ts';
import type { Item, ItemStore, Write } from '../store/item-store.ts';
import {
  decidedApprovalIndexKey,
  decidedByAgentIndexKey,
  pauseKey,
  pauseRange,
  type RunKey,
  runPartition,
} from '../store/keys.ts';

export const ApprovalDecision = z.object({
  decision: z.enum(['APPROVE', 'REJECT']),
  /** The principal who decided, or `system:expiry`. */
  by: z.string(),
  at: z.number(),
  reason: z.string().optional(),
  /** What the call is made with instead of what was proposed. */
  arguments: EditedArguments.optional(),
  /** What the agent is told, with REJECT, as if the call had been made and had given it. */
  result: z.string().optional(),
});
export type ApprovalDecision = z.infer<typeof ApprovalDecision>;

/** What a person is asked. Times are epoch milliseconds. */
const AskedCall = z.object({
  tool: z.string(),
  /** As the agent proposed them. */
  arguments: z.unknown(),
  reason: z.string(),
  requestedAt: z.number(),
  expiresAt: z.number(),
});

/** One pause of a run: what it waits for, the workflow's wait behind it, and what came of it. */
export const Pause = z.object({
  version: z.number(),
  approvalId: z.string(),
  /** At a breakpoint nobody is asked about a call. */
  toolCallId: z.string().optional(),
  /** Written with the decision. */
  agentId: z.string().optional(),
  callHash: z.string().optional(),
  /** Pauses from before approvals were listed do not say. */
  asked: AskedCall.optional(),
  /** The newest token of the workflow's wait; never leaves the store but to the workflow. */
  taskToken: z.string().nullable(),
  decision: ApprovalDecision.nullable(),
  /** Who let the run go on from its breakpoint; `at` in epoch milliseconds. */
  continued: z.object({ by: z.string(), at: z.number() }).optional(),
});
export type Pause = z.infer<typeof Pause>;

/** An approval is named after its run and its number in it, so that finding it needs no index. */
export const approvalIdOf = (runId: string, pause: number) => `${runId}-${pause}`;

/** @returns `undefined` for what cannot be an approval's id */
export function parseApprovalId(approvalId: string) {
  const match = /^(?<runId>[0-9a-f-]{36})-(?<pause>\d{1,9})$/.exec(approvalId);
  if (!match?.groups) return undefined;
  const { runId, pause } = match.groups;
  return runId && pause ? { runId, pause: Number(pause) } : undefined;
}

export async function findPause(store: ItemStore, run: RunKey, pause: number) {
  const item = await store.get(pauseKey(run, pause));
  return item && Pause.parse(item.value);
}

/** Every pause of a run, oldest first. */
export async function runPauses(store: ItemStore, run: RunKey): Promise<Pause[]> {
  const items = await store.query({
    pk: runPartition(run),
    ...pauseRange,
    order: 'ascending',
    limit: Number.MAX_SAFE_INTEGER,
  });
  return items.map((item) => Pause.parse(item.value));
}

export const createPause = (run: RunKey, pause: number, value: Omit<Pause, 'version'>): Write => ({
  put: toItem(run, pause, { ...value, version: 1 }),
  when: { absent: true },
});

export const replacePause = (run: RunKey, pause: number, from: Pause, to: Pause): Write => ({
  put: toItem(run, pause, { ...to, version: from.version + 1 }),
  when: { equals: { version: from.version } },
});

function toItem(run: RunKey, pause: number, value: Pause): Item {
  const item = { ...pauseKey(run, pause), value };
  const { approvalId, agentId, decision } = value;
  if (decision === null || agentId === undefined) return item;
  return {
    ...item,
    indexes: {
      tenant: decidedApprovalIndexKey(run.orgId, approvalId, decision.at),
      agent: decidedByAgentIndexKey(run.orgId, agentId, approvalId, decision.at),
    },
  };
}

/** What an operator reads of a decision in the workflow's execution. */
export const toldOf = ({ approvalId, decision, continued }: Pause): Record<string, string> => ({
  approvalId,
  ...(decision ? { decision: decision.decision, decidedBy: decision.by } : {}),
  ...(continued ? { continuedBy: continued.by } : {}),
});

/** Whether the run may go on. */
export const isOver = ({ decision, continued }: Pause) =>
  decision !== null || continued !== undefined;
