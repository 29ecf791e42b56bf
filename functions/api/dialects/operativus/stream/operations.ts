import type { Operations } from '#api/contract.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import { eventStreamHeaders } from '#api/event-stream.ts';
import { parseLastEventId } from '#api/follow-reply.ts';
import { wireId } from '#api/wire-id.ts';
import { dispatchRun } from '#core/run/dispatch-run.ts';
import { hasEnded, type Run } from '#core/run/run.ts';
import { getRun, keyOf } from '#core/run/run-repository.ts';
import { storeRun } from '#core/run/submit-run.ts';
import { type FollowOptions, followRun } from '#core/run/watch-run.ts';
import { replayedHeader, toCommand } from '../runs/operations.ts';
import type { streamContract } from './contract.ts';
import { RunStream } from './run-stream.ts';
import { lastIdOf, Timeline } from './timeline.ts';

const heartbeatMs = 15_000;
const ping = ': ping\n\n';
const done = 'data: [DONE]\n\n';

export const streamOperations = (deps: DialectDeps): Operations<typeof streamContract> => ({
  streamRun: async (request) => {
    const seen = parseLastEventId(request.lastEventId);
    const { run, replayed } = await storeRun(deps, toCommand(request));
    if (!replayed) await dispatchRun(deps, { orgId: run.orgId, runId: run.id });
    // What was seen before there was the run was seen of another.
    const after = replayed ? Math.min(seen, run.lastSeq) : 0;
    return {
      body: stream(deps, run, after, request.signal),
      headers: {
        ...eventStreamHeaders,
        ...replayedHeader(replayed),
        location: `${request.baseUrl}/api/agents/${run.agentId}/runs/${wireId(run.id)}/status`,
      },
    };
  },

  followTimeline: async ({ params, query, principal, lastEventId, signal }) => {
    const run = await getRun(deps, { orgId: principal.orgId, runId: params.runId });
    const asked = query.sinceId < 0 ? lastIdOf(run.lastSeq) : query.sinceId;
    const sinceId = Math.max(asked, parseLastEventId(lastEventId));
    return { body: timeline(deps, run, sinceId, signal), headers: eventStreamHeaders };
  },
});

/**
 * Ends with `[DONE]` when the run has ended or waits for a decision. A stream that ends without it has
 * come to the gateway's limit: the same request, with `Last-Event-ID`, goes on.
 */
async function* stream(
  deps: DialectDeps,
  run: Run,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const translation = new RunStream(deps, run);
  for await (const events of followRun(deps, keyOf(run), after, optionsOf(deps), signal)) {
    const text = events.length === 0 ? ping : await translation.frames(events);
    if (text !== '') yield text;
    if (translation.isOver) break;
  }
  if (translation.isOver || hasEnded(await getRun(deps, keyOf(run)))) yield done;
}

/** Where nothing leaves before the end, it ends with the first events that are new. */
async function* timeline(
  deps: DialectDeps,
  run: Run,
  sinceId: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const translation = new Timeline(run, sinceId);
  for await (const events of followRun(deps, keyOf(run), 0, optionsOf(deps), signal)) {
    const text = events.length === 0 ? ping : translation.frames(events);
    if (text !== '') yield text;
    if (text !== '' && !deps.waiting.streaming) return;
  }
}

function optionsOf({ waiting }: DialectDeps): FollowOptions {
  const { streaming, limitMs, streamLimitMs } = waiting;
  if (!streaming) return { heartbeatMs: limitMs, limitMs };
  return { heartbeatMs, ...(streamLimitMs === undefined ? {} : { limitMs: streamLimitMs }) };
}
