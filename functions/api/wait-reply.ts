import type * as z from 'zod';
import { isSettled, type Run } from '#core/run/run.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { awaitRun } from '#core/run/watch-run.ts';
import type { OperationReply } from './contract.ts';
import type { DialectDeps } from './dialect-deps.ts';

/** Keeps proxies and clients from giving up on a connection that says nothing. */
const spaceEveryMs = 5000;

export interface WaitOptions {
  /** @default - that it has ended or paused */
  readonly until?: (run: Run) => boolean;
  /** @default ' ' */
  readonly space?: ' ' | '\n';
}

/**
 * Answers a caller that waits for a run: with white space while it works, which JSON allows, then
 * with the run as it is when it has ended or paused or the time is up. The run goes on in any case.
 */
export async function waitReply<Schema extends z.ZodType>(
  deps: DialectDeps,
  run: Run,
  signal: AbortSignal,
  schema: Schema,
  toView: (run: Run) => Promise<z.input<Schema>>,
  headers: Record<string, string>,
  { until = isSettled, space = ' ' }: WaitOptions = {},
): Promise<OperationReply<z.input<Schema>>> {
  const settle = (ms: number) => awaitRun(deps, keyOf(run), until, ms, signal);
  const endsAt = deps.clock.now() + deps.waiting.limitMs;
  const firstWait = deps.waiting.streaming
    ? Math.min(spaceEveryMs, deps.waiting.limitMs)
    : deps.waiting.limitMs;
  const first = await settle(firstWait);
  if (until(first) || deps.clock.now() >= endsAt || !deps.waiting.streaming)
    return { body: await toView(first), headers };
  async function* parts() {
    yield space;
    for (;;) {
      const left = endsAt - deps.clock.now();
      const latest = await settle(Math.min(spaceEveryMs, left));
      if (until(latest) || left <= spaceEveryMs || signal.aborted) {
        yield JSON.stringify(schema.parse(await toView(latest)));
        return;
      }
      yield space;
    }
  }
  return { body: parts(), headers };
}
