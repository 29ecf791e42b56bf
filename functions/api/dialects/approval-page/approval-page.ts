import { iso } from '#api/iso.ts';
import type { ApprovalDecision, Pause } from '#core/approval/approval.ts';
import type { OpenedLink } from '#core/approval/approval-link.ts';
import { escaped, page } from './page.ts';

const choices = { APPROVE: 'Approve exactly this call', REJECT: 'Reject it' } as const;
type Choice = keyof typeof choices;

/** The call, and a form to decide on it or what was decided. @param first which choice comes first */
export function approvalPage(
  link: OpenedLink,
  agentName: string | undefined,
  first: Choice | undefined,
): string {
  const { run, pause } = link;
  const call = callOf(link, agentName ?? run.agentId);
  if (pause.decision) return page(titleOf(pause.decision), decisionOf(pause.decision) + call);
  if (link.isOpen) return page(`May ${pause.asked?.tool} run?`, call + formOf(first ?? 'APPROVE'));
  const over = `<p>Nobody has decided, and nobody can any more: the run is ${run.status}.</p>`;
  return page('Nothing to decide any more', over + call);
}

const titleOf = ({ decision }: ApprovalDecision) =>
  decision === 'APPROVE' ? 'Approved' : 'Rejected';

const decisionOf = ({ decision, by, at, reason, arguments: args }: ApprovalDecision) =>
  terms({
    Decision: decision,
    'Decided by': by,
    At: iso(at),
    ...(reason === undefined ? {} : { Reason: reason }),
    ...(args === undefined ? {} : { 'With these arguments instead': json(args) }),
  });

const callOf = ({ run, pause }: OpenedLink, agent: string) =>
  `${terms({
    Agent: agent,
    Tool: pause.asked?.tool ?? '',
    'Why you are asked': pause.asked?.reason ?? '',
    'Run for': `${run.userId} (submitted by ${run.principal})`,
    'Asked at': iso(pause.asked?.requestedAt ?? 0),
    'Decide until': iso(pause.asked?.expiresAt ?? 0),
    Run: run.id,
  })}<h2>Arguments</h2><pre>${escaped(argumentsOf(pause))}</pre>`;

const argumentsOf = ({ asked }: Pause) => json(asked?.arguments ?? null);

/** It goes to the address that it came from: the token in it is what allows to decide. */
const formOf = (first: Choice) =>
  '<form method="post"><label>Reason <textarea name="reason" rows="3" maxlength="4000"></textarea>' +
  `</label>${[first, other(first)].map((choice, i) => buttonOf(choice, i === 0)).join('')}</form>`;

const other = (choice: Choice): Choice => (choice === 'APPROVE' ? 'REJECT' : 'APPROVE');

const buttonOf = (choice: Choice, isFirst: boolean) =>
  `<button name="decision" value="${choice}"${isFirst ? ' class="first"' : ''}>` +
  `${choices[choice]}</button>`;

const terms = (shown: Readonly<Record<string, string>>) =>
  `<dl>${Object.entries(shown)
    .map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`)
    .join('')}</dl>`;

const json = (value: unknown) => JSON.stringify(value, null, 2);
