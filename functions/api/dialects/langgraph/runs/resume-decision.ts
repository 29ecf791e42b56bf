import * as z from 'zod';
import type { PendingApproval } from '#core/run/run.ts';
import { invalidInput } from '#core/run/run-error.ts';
import { EditedArguments } from '#core/session/transcript.ts';

/** What a person answers, in the words of core. */
export type ResumeDecision =
  | { readonly decision: 'APPROVE'; readonly arguments?: EditedArguments }
  | { readonly decision: 'REJECT'; readonly reason?: string | undefined; readonly result?: string };

const words: Readonly<Record<string, ResumeDecision['decision']>> = {
  approve: 'APPROVE',
  approved: 'APPROVE',
  accept: 'APPROVE',
  yes: 'APPROVE',
  reject: 'REJECT',
  rejected: 'REJECT',
  deny: 'REJECT',
  ignore: 'REJECT',
  no: 'REJECT',
};

const Text = z.string().max(4000);

/** Of LangChain's middleware, and of the agent inbox before it. */
const Edited = z.union([
  z.object({ edited_action: z.object({ name: z.string().optional(), args: EditedArguments }) }),
  z
    .object({ args: z.object({ action: z.string().optional(), args: EditedArguments }) })
    .transform(({ args }) => ({ edited_action: { name: args.action, args: args.args } })),
  z
    .object({ args: EditedArguments })
    .transform(({ args }) => ({ edited_action: { name: undefined, args } })),
]);
const Said = z.looseObject({
  message: Text.nullish(),
  args: Text.nullish(),
  reason: Text.nullish(),
});
const Result = z.string().max(64 * 1024);
const Response = z.union([
  z.object({ message: Result }).transform(({ message }) => message),
  z.object({ args: Result }).transform(({ args }) => args),
  z.object({ result: Result }).transform(({ result }) => result),
]);

const forms =
  'must be {"decisions":[{"type":"approve"}]}, or with "reject" and a "message", "edit" and an "edited_action" {"name","args"}, or "respond" and a "message"; "approve", "reject", true or false will do';

/**
 * @param resume the answer, or answers by the ids of what they answer
 * @throws RunError invalid_input
 */
export function readResume(resume: unknown, pending: PendingApproval): ResumeDecision {
  const answer = answerTo(resume, pending.approvalId);
  const [only, ...others] = Array.isArray(answer) ? answer : [answer];
  if (others.length > 0)
    throw refused('has several decisions: one tool call is asked about at a time');
  return decisionOf(only, pending);
}

const Decisions = z.looseObject({ decisions: z.array(z.unknown()) });

function answerTo(resume: unknown, id: string): unknown {
  const answers =
    typeof resume === 'object' && resume !== null && !Array.isArray(resume)
      ? new Map<string, unknown>(Object.entries(resume))
      : undefined;
  const answer = answers?.has(id) ? answers.get(id) : resume;
  const listed = Decisions.safeParse(answer);
  return listed.success ? listed.data.decisions : answer;
}

function decisionOf(answer: unknown, pending: PendingApproval): ResumeDecision {
  if (typeof answer === 'boolean') return { decision: answer ? 'APPROVE' : 'REJECT' };
  const typed = z.looseObject({ type: z.string() }).safeParse(answer);
  const type = typeof answer === 'string' ? answer : typed.data?.type;
  const word = type?.trim().toLowerCase() ?? '';
  if (typed.success && word === 'edit') return edited(answer, pending);
  if (typed.success && (word === 'respond' || word === 'response')) return response(answer);
  const decision = words[word];
  if (decision === undefined) throw refused(forms);
  return decision === 'APPROVE' ? { decision } : { decision, reason: reasonOf(answer) };
}

function edited(answer: unknown, pending: PendingApproval): ResumeDecision {
  const parsed = Edited.safeParse(answer);
  if (!parsed.success) throw refused(forms);
  const { name = pending.tool, args } = parsed.data.edited_action;
  if (name !== pending.tool)
    throw refused(`edits a call of ${pending.tool}: it cannot become one of ${name}`);
  return { decision: 'APPROVE', arguments: args };
}

function response(answer: unknown): ResumeDecision {
  const parsed = Response.safeParse(answer);
  if (!parsed.success) throw refused(forms);
  return { decision: 'REJECT', result: parsed.data };
}

function reasonOf(answer: unknown): string | undefined {
  const said = Said.safeParse(answer);
  if (!said.success) return undefined;
  const { message, reason, args } = said.data;
  return message ?? reason ?? args ?? undefined;
}

const refused = (message: string) => invalidInput([{ field: 'command.resume', message }]);
