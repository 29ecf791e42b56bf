import type { IdempotencyClaim } from '../idempotency/idempotency.ts';
import { isThere, runCheckpoints } from '../session/checkpoints.ts';
import { copyCheckpoints } from '../session/copy-checkpoints.ts';
import type { FilePart } from '../session/transcript.ts';
import { BlobNotFound, type BlobStore } from '../store/blob-store.ts';
import type { RunKey } from '../store/keys.ts';
import { type EndedRun, hasEnded } from './run.ts';
import { invalidInput, RunError } from './run-error.ts';
import { getRequest, type MediaInput } from './run-input.ts';
import { getRun, keyOf, stateConflict } from './run-repository.ts';
import {
  type SubmitDeps,
  type SubmitRunCommand,
  type SubmittedRun,
  submitRun,
} from './submit-run.ts';

export interface RetryRunCommand extends RunKey {
  readonly principal: string;
  readonly principalUserId: string | undefined;
  /** Goes on after so many of its steps. @default 0: does all of it again */
  readonly fromStep?: number | undefined;
  readonly idempotency: IdempotencyClaim | undefined;
}

/**
 * Does again what an ended run was asked to do, as a new run that names it: in its session, with the
 * history that it had, and after `fromStep` of its steps, of which none is done again.
 * @throws RunError run_not_found; run_state_conflict while it lives; invalid_input for a step that it
 * did not take; run_input_gone; as `submitRun`
 */
export async function retryRun(deps: SubmitDeps, command: RetryRunCommand): Promise<SubmittedRun> {
  const origin = await getRun(deps, command);
  if (!hasEnded(origin))
    throw stateConflict(
      origin,
      `Run ${origin.id} is ${origin.status}: only an ended run is retried.`,
    );
  const { fromStep = 0 } = command;
  checkStep(origin, fromStep);
  try {
    return await submitRun(deps, await toCommand(deps, origin, fromStep, command));
  } catch (error) {
    if (!(error instanceof BlobNotFound)) throw error;
    throw gone(origin);
  }
}

function checkStep(origin: EndedRun, fromStep: number): void {
  // After the last step of a completed run there is nothing to be done.
  const last = Math.max(0, origin.status === 'COMPLETED' ? origin.step - 1 : origin.step);
  if (fromStep > last)
    throw invalidInput([{ field: 'fromStep', message: `must be from 0 to ${last}` }]);
}

const gone = ({ id }: EndedRun) =>
  new RunError('run_input_gone', `What run ${id} worked with is gone: submit it anew.`, {
    runId: id,
  });

async function toCommand(
  deps: SubmitDeps,
  origin: EndedRun,
  fromStep: number,
  { principal, principalUserId, idempotency }: RetryRunCommand,
): Promise<SubmitRunCommand> {
  const { media, ...request } = await getRequest(deps, keyOf(origin));
  const { orgId, userId, agentId, sessionId, groupId, metadata, webhook, priority } = origin;
  return {
    ...{ orgId, userId, agentId, sessionId, groupId, metadata, webhook, priority },
    timeoutSeconds: origin.timeoutSeconds,
    principal,
    principalUserId,
    ...request,
    media: await Promise.all(media.map((part) => bytesOf(deps.blobs, part))),
    idempotency,
    origin: { runId: origin.id, step: fromStep },
    ...(await placeOf(deps, origin, fromStep)),
  };
}

const bytesOf = async (blobs: BlobStore, { mediaType, source }: FilePart): Promise<MediaInput> =>
  source.type === 'url'
    ? { mediaType, url: source.url }
    : { mediaType, bytes: await blobs.get(source.blobKey) };

/** One that never began begins where its session stands by then. */
async function placeOf(
  deps: SubmitDeps,
  origin: EndedRun,
  fromStep: number,
): Promise<Pick<SubmitRunCommand, 'entry' | 'prepare'>> {
  const { base, step } = origin;
  if (origin.startedAt === null) return {};
  if (base !== null && !(await isThere(deps, origin, base))) throw gone(origin);
  const begun = fromStep === step ? origin.begun : null;
  const entry = { from: { checkpoint: base, ...(begun ? { begun } : {}) } };
  if (fromStep === 0) return { entry };
  const steps = (await runCheckpoints(deps, origin, origin.id)).filter(
    (checkpoint) => checkpoint.step <= fromStep,
  );
  if (steps.length < fromStep) throw gone(origin);
  return { entry, prepare: (runId) => copyCheckpoints(deps, origin, steps, runId) };
}
