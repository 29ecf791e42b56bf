import type { DialectDeps } from '#api/dialect-deps.ts';
import { type Run, RunOutput } from '#core/run/run.ts';
import { getRequest } from '#core/run/run-input.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { branchOf, type Checkpoint } from '#core/session/checkpoints.ts';
import type { SessionStanding } from '#core/session/session-standing.ts';
import type { SessionKey } from '#core/store/keys.ts';
import { loadValue } from '#core/store/stored-value.ts';
import { type LangChainMessage, toMessages, toQuestion } from '../messages/messages.ts';

type Deps = Pick<DialectDeps, 'store' | 'blobs'>;

export interface ThreadValues {
  readonly messages: readonly LangChainMessage[];
  /** The answer as data, of an agent that declares a shape for it. */
  readonly structured_response?: unknown;
}

export const messagesOf = (branch: readonly Checkpoint[]) =>
  branch.flatMap((checkpoint) => toMessages(checkpoint, checkpoint.appended));

/** The run at work, whose steps are shown as they are done. */
export const runAtWork = ({ live: [first] }: Pick<SessionStanding, 'live'>) =>
  first !== undefined && first.status !== 'QUEUED' ? first : undefined;

/** What a run was asked, until its first step has written it down. */
export async function questionAhead(deps: Deps, run: Run | undefined): Promise<LangChainMessage[]> {
  if (run === undefined || run.step > 0) return [];
  const request = await getRequest(deps, keyOf(run));
  return request.continues ? [] : [toQuestion(run.id, request)];
}

/** What a thread has come to. @returns `null` where nothing was said in it yet */
export async function threadValues(
  deps: Deps,
  key: SessionKey,
  standing: SessionStanding,
): Promise<ThreadValues | null> {
  const run = runAtWork(standing);
  if (standing.tip === null && run === undefined) return null;
  const [branch, ahead, more] = await Promise.all([
    branchOf(deps, key, standing.tip),
    questionAhead(deps, run),
    structured(deps, standing),
  ]);
  return { messages: [...messagesOf(branch), ...ahead], ...more };
}

async function structured(deps: Deps, { last, tip }: SessionStanding) {
  if (last?.status !== 'COMPLETED' || tip?.runId !== last.id) return {};
  const output = await loadValue(deps, last.output, RunOutput);
  return output.structured === undefined ? {} : { structured_response: output.structured };
}
