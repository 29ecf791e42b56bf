import { type EventTranslation, frame } from '#api/event-stream.ts';
import { wireId } from '#api/wire-id.ts';
import type { Clock, RunDeps } from '#core/run/deps.ts';
import { hasEnded, type Run } from '#core/run/run.ts';
import type { RunEvent } from '#core/run/run-event.ts';
import { getRun, keyOf } from '#core/run/run-repository.ts';
import type { JobStatus } from './contract.ts';
import {
  awaitingApproval,
  currentStepOf,
  errorOf,
  percentageOf,
  standing,
  toJobStatus,
  utc,
} from './job-words.ts';
import { resultOf } from './views.ts';

export const heartbeatMs = 5000;

const done = 'data: [DONE]\n\n';

type Deps = Pick<RunDeps, 'store' | 'blobs' | 'log'> & {
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
};

/** Its documentation names the event in the frame, its own client in the data: both find it. */
const both = (event: string, data: Readonly<Record<string, unknown>>, name = event, id?: number) =>
  frame({ event, data: { event: name, data, ...data }, ...(id === undefined ? {} : { id }) });

/**
 * A job as its readers are told of it. The first frames say how it stands, so that a reader who cannot
 * say what it has seen, as the original's client, misses nothing that still matters.
 * @param after the number of the last event that the reader has seen
 */
export function jobEvents(deps: Deps, run: Run, after: number): EventTranslation {
  let toldAt = deps.clock.now();
  let percentage = percentageOf(run);
  const told = (text: string) => {
    if (text !== '') toldAt = deps.clock.now();
    return text;
  };
  const status = (value: JobStatus, id?: number) =>
    both('status', { status: value, job_id: wireId(run.id) }, 'status', id);
  const progress = (step: string | null, id?: number) =>
    both('progress', { percentage, current_step: step, step }, 'progress', id);
  const heartbeat = () => told(both('heartbeat', { timestamp: utc(deps.clock.now()) }));
  const toFrame = async (event: RunEvent): Promise<string> => {
    const { seq } = event;
    switch (event.type) {
      case 'run.queued':
        return status('queued', seq);
      case 'run.started':
      case 'run.resumed':
        return status('running', seq);
      case 'run.paused':
        return progress(event.data.next === undefined ? awaitingApproval : standing, seq);
      case 'progress':
        percentage = event.data.percentage ?? percentage;
        return progress(event.data.phase, seq);
      case 'run.completed':
      case 'run.failed':
      case 'run.cancelled':
        return ending(deps, await getRun(deps, keyOf(run)), seq);
      default:
        return '';
    }
  };
  return {
    head: async () => {
      const beginning = status(toJobStatus(run.status)) + progress(currentStepOf(run));
      // Whoever has seen the last event gets no other: only the end may have been lost.
      return hasEnded(run) && after >= run.lastSeq
        ? beginning + (await ending(deps, run, run.lastSeq))
        : beginning;
    },
    frames: async (events) => {
      const frames = [];
      for (const event of events) frames.push(await toFrame(event));
      const text = told(frames.join(''));
      return text === '' && deps.clock.now() - toldAt >= heartbeatMs ? heartbeat() : text;
    },
    ping: heartbeat,
  };
}

async function ending(deps: Pick<RunDeps, 'blobs'>, run: Run, id: number): Promise<string> {
  switch (run.status) {
    case 'COMPLETED':
      return both('result', { result: await resultOf(deps, run) }, 'complete', id) + done;
    case 'FAILED':
      return both('error', { error: errorOf(run) }, 'error', id) + done;
    default:
      return both('cancelled', { message: 'Job was cancelled' }, 'cancelled', id) + done;
  }
}
