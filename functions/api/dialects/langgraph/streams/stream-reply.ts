import { callerGone } from '#api/api-event.ts';
import type { OperationReply } from '#api/contract.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import { cancelRun } from '#core/run/cancel-run.ts';
import { RunError } from '#core/run/run-error.ts';
import type { RunEvent } from '#core/run/run-event.ts';
import { getRequest } from '#core/run/run-input.ts';
import { findRun } from '#core/run/run-repository.ts';
import { followRun } from '#core/run/watch-run.ts';
import type { RunKey } from '#core/store/keys.ts';
import { toQuestion } from '../messages/messages.ts';
import { RunStory } from './run-story.ts';
import { StoryViews } from './story-views.ts';
import type { StreamMode } from './stream-mode.ts';
import { frameOf, heartbeat, parsePlace, type StreamPlace, toFrames } from './stream-part.ts';
import type { StreamedRun } from './streamed-run.ts';

const heartbeatMs = 5000;

export interface StreamRequest {
  readonly orgId: string;
  readonly run: StreamedRun;
  readonly modes: readonly StreamMode[];
  readonly lastEventId: string | undefined;
  readonly signal: AbortSignal;
  readonly userAgent: string | undefined;
  /** Cancels the run when its reader has gone, as far as that can be known. */
  readonly cancelOnDisconnect: boolean;
  /** Of a run without a thread of the caller's. */
  readonly isStateless: boolean;
}

/**
 * A run in the words of LangGraph's streams, from the beginning or from where the reader was. It is
 * closed when the run has ended, or waits for a person, and reads so.
 */
export function streamReply(deps: DialectDeps, request: StreamRequest): OperationReply<never> {
  const { id, threadId } = request.run;
  const inThread = `/threads/${threadId}/runs/${id}`;
  return {
    body: framesOf(deps, request),
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      // Below the base URL of the SDKs, which they put before it. It names the thread in any case:
      // a reader whose stream has ended asks there whether the run has.
      location: `${inThread}/stream`,
      'content-location': request.isStateless ? `/runs/${id}` : inThread,
    },
  };
}

async function* framesOf(deps: DialectDeps, request: StreamRequest): AsyncGenerator<string> {
  const letGo = cancelsWhenGone(deps, request);
  try {
    yield* tell(deps, request);
  } finally {
    letGo();
  }
}

async function* tell(deps: DialectDeps, request: StreamRequest): AsyncGenerator<string> {
  const { orgId, run, signal } = request;
  const key = { orgId, runId: run.runId };
  const teller = await StoryTeller.of(deps, request);
  let isTold = false;
  for await (const events of followRun(deps, key, 0, followOptions(deps), signal)) {
    const text = events.length === 0 ? await heartbeatOf(deps, key) : await teller.frames(events);
    // It has been deleted.
    if (text === undefined) return;
    isTold ||= events.length > 0 && text !== '';
    if (text !== '') yield text;
    if (teller.hasEnded) return;
  }
  yield comeBack(request, isTold);
}

/** Frames of a run for one reader. */
class StoryTeller {
  readonly #story: RunStory;
  readonly #views: StoryViews;
  readonly #modes: readonly StreamMode[];
  readonly #seen: StreamPlace;

  private constructor(story: RunStory, views: StoryViews, { modes, lastEventId }: StreamRequest) {
    this.#story = story;
    this.#views = views;
    this.#modes = modes;
    this.#seen = parsePlace(lastEventId);
  }

  static async of(deps: DialectDeps, request: StreamRequest): Promise<StoryTeller> {
    const { orgId, run } = request;
    const { runId, threadId: sessionId } = run;
    const asked = await getRequest(deps, { orgId, runId });
    const question = asked.continues ? undefined : toQuestion(runId, asked);
    const views = new StoryViews(deps, { orgId, runId, sessionId });
    return new StoryTeller(new RunStory(run, question), views, request);
  }

  get hasEnded(): boolean {
    return this.#story.hasEnded;
  }

  async frames(events: readonly RunEvent[]): Promise<string> {
    let text = '';
    for (const event of events) {
      if (this.hasEnded) break;
      const parts = this.#story.tell(event, await this.#views.at(event, this.#story.step));
      text += toFrames({ seq: event.seq, parts }, this.#modes, this.#seen);
    }
    return text;
  }
}

const heartbeatOf = async (deps: DialectDeps, key: RunKey) => {
  if ((await findRun(deps, key)) === undefined) return undefined;
  return deps.waiting.streaming ? heartbeat : '';
};

function followOptions({ waiting: { streaming, limitMs, streamLimitMs } }: DialectDeps) {
  const limit = streaming ? streamLimitMs : limitMs;
  return { heartbeatMs, ...(limit === undefined ? {} : { limitMs: limit }) };
}

/**
 * What makes a reader come back for the rest. The SDKs ask whether the run has ended, and give up when
 * they were told nothing several times; the JavaScript SDK 2.0.0 does not ask: it comes back from an
 * event whose data are empty, which it cannot parse, and which says nothing to any other reader.
 */
function comeBack({ run, userAgent = '' }: StreamRequest, isTold: boolean): string {
  const said = isTold ? '' : frameOf({ event: 'metadata', data: { run_id: run.id, attempt: 1 } });
  return userAgent.startsWith('langgraph-sdk-py') ? said : `${said}data:\r\n\r\n`;
}

/** @returns what ends the watch over the reader */
function cancelsWhenGone(deps: DialectDeps, request: StreamRequest): () => void {
  const { orgId, run, signal, cancelOnDisconnect } = request;
  if (!cancelOnDisconnect) return () => undefined;
  const cancel = () => {
    // A service that stops lets go of its readers, too, who then come back.
    if (signal.reason !== callerGone) return;
    const key = { orgId, runId: run.runId };
    cancelRun(deps, key, 'The reader of its stream has gone').catch((error) => {
      // It may have ended meanwhile.
      if (error instanceof RunError) return;
      deps.log('error', 'run not cancelled', { runId: run.runId, error: `${error}` });
    });
  };
  signal.addEventListener('abort', cancel);
  return () => signal.removeEventListener('abort', cancel);
}
