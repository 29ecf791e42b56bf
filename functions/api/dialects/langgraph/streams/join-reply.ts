import { callerGone } from '#api/api-event.ts';
import type { OperationReply } from '#api/contract.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import { waitReply } from '#api/wait-reply.ts';
import { cancelRun } from '#core/run/cancel-run.ts';
import { RunError } from '#core/run/run-error.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { isLive, type WireRun } from '../runs/wire-run.ts';
import { WireValues } from '../threads/contract.ts';
import { outcomeOf } from '../threads/thread-outcome.ts';

export interface JoinRequest {
  readonly wire: WireRun;
  readonly signal: AbortSignal;
  /** Cancels the run when its caller has gone, as far as that can be known. */
  readonly cancelOnDisconnect: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Waits for a run, with a line from time to time, and answers with what its thread has come to. */
export async function joinReply(
  deps: DialectDeps,
  { wire, signal, cancelOnDisconnect, headers }: JoinRequest,
): Promise<OperationReply<Record<string, unknown>>> {
  const { run } = wire;
  const thread = { orgId: run.orgId, sessionId: run.sessionId };
  if (cancelOnDisconnect) cancelWhenGone(deps, wire, signal);
  return waitReply(
    deps,
    run,
    signal,
    WireValues,
    (latest) => outcomeOf(deps, thread, { ...wire, run: latest }),
    { ...placesOf(wire), ...headers },
    { until: (latest) => !isLive({ ...wire, run: latest }), space: '\n' },
  );
}

/** Below the base URL of the SDKs, which they put before it. */
export function placesOf({ id, run }: WireRun): Record<string, string> {
  const place = `/threads/${run.sessionId}/runs/${id}`;
  return { location: `${place}/join`, 'content-location': place };
}

function cancelWhenGone(deps: DialectDeps, { run }: WireRun, signal: AbortSignal): void {
  const cancel = () => {
    // A service that stops lets go of its callers, too.
    if (signal.reason !== callerGone) return;
    cancelRun(deps, keyOf(run), 'The caller that waited for it has gone').catch((error) => {
      // It may have ended meanwhile.
      if (error instanceof RunError) return;
      deps.log('error', 'run not cancelled', { runId: run.id, error: `${error}` });
    });
  };
  signal.addEventListener('abort', cancel, { once: true });
}
