import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { RunDeps } from '../run/deps.ts';
import type { Run } from '../run/run.ts';
import { RunError } from '../run/run-error.ts';
import { findRun } from '../run/run-repository.ts';
import { OrgId } from '../tenant/ids.ts';
import { findPause, type Pause, parseApprovalId } from './approval.ts';
import { findLinkSecret, linkSecret } from './approval-link-secret.ts';
import type { ApprovalLinks } from './approval-links.ts';

/** How a decision by link is known: `link:<name>`. */
export const LinkName = z
  .string()
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N} ._@:-]{0,63}$/u,
    'must be 1 to 64 letters, digits, or . _ @ : -',
  );

/** What a link is for; its token is that, signed together with the call. */
const Claim = z.tuple([OrgId, z.string(), LinkName]);

interface NamedApproval {
  readonly orgId: string;
  readonly approvalId: string;
  /** Who gets the link. */
  readonly name: string;
}

/**
 * Links that let whoever has them decide on this call, once, until it expires: they are a capability,
 * and belong in no log.
 * @returns `undefined` for an approval that there is not
 */
export async function approvalLinks(
  { store }: Pick<RunDeps, 'store'>,
  baseUrl: string,
  approval: NamedApproval,
): Promise<ApprovalLinks | undefined> {
  const { orgId, approvalId, name } = approval;
  const pause = await pauseOf(store, orgId, approvalId);
  if (!pause) return undefined;
  const text = Buffer.from(JSON.stringify([orgId, approvalId, name])).toString('base64url');
  const signature = sign(await linkSecret(store, orgId), approval, pause);
  const review = `${baseUrl}/approvals/${text}.${signature.toString('base64url')}`;
  const choose = (decision: string) => `${review}?decision=${decision}`;
  return { review, approve: choose('APPROVE'), reject: choose('REJECT') };
}

/**
 * Nobody knows who has a link: where an agent says who decides, or that somebody does not, it decides
 * nothing. @throws RunError forbidden_decision
 */
export function checkLinksDecide({ agents }: Pick<RunDeps, 'agents'>, run: Run): void {
  if (agents.find(run.agentId, run.orgId)?.approvals === undefined) return;
  const message = `Agent ${run.agentId} says who decides: a link does not.`;
  throw new RunError('forbidden_decision', message, { runId: run.id });
}

export interface OpenedLink {
  readonly run: Run;
  readonly pause: Pause;
  readonly name: string;
  /** Whether the call can still be decided on. */
  readonly isOpen: boolean;
}

/** @throws RunError approval_not_found, also for what is no link of ours */
export async function openLink(
  deps: Pick<RunDeps, 'store' | 'clock' | 'log'>,
  token: string,
): Promise<OpenedLink> {
  const [text = '', signature = ''] = token.split('.');
  const claim = parseClaim(text);
  const [secret, pause] = claim
    ? await Promise.all([
        findLinkSecret(deps.store, claim.orgId),
        pauseOf(deps.store, claim.orgId, claim.approvalId),
      ])
    : [];
  if (!claim || !pause || secret === undefined) throw unknown();
  if (!isSame(sign(secret, claim, pause), Buffer.from(signature, 'base64url'))) throw unknown();
  const { runId = '' } = parseApprovalId(claim.approvalId) ?? {};
  const run = await findRun(deps, { orgId: claim.orgId, runId });
  if (run === undefined) throw unknown();
  return { run, pause, name: claim.name, isOpen: isOpen(run, pause, deps.clock.now()) };
}

/** Two decisions may come between reading and deciding: the one that is first wins. */
const isOpen = (run: Run, pause: Pause, now: number) =>
  run.status === 'PAUSED' &&
  run.pendingApproval?.approvalId === pause.approvalId &&
  run.pendingApproval.callHash === pause.callHash &&
  run.pendingApproval.expiresAt > now &&
  pause.decision === null;

async function pauseOf(store: RunDeps['store'], orgId: string, approvalId: string) {
  const id = parseApprovalId(approvalId);
  const pause = id && (await findPause(store, { orgId, runId: id.runId }, id.pause));
  return pause?.asked && { ...pause, asked: pause.asked };
}

function parseClaim(text: string): NamedApproval | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    const [orgId, approvalId, name] = Claim.parse(value);
    return { orgId, approvalId, name };
  } catch {
    return undefined;
  }
}

const sign = (secret: string, { orgId, approvalId, name }: NamedApproval, pause: Pause) =>
  createHmac('sha256', secret)
    .update(JSON.stringify([orgId, approvalId, name, pause.callHash, pause.asked?.expiresAt]))
    .digest();

const isSame = (a: Buffer, b: Buffer) => a.length === b.length && timingSafeEqual(a, b);

const unknown = () =>
  new RunError(
    'approval_not_found',
    'This link leads to no approval, or to one that is long over.',
  );
