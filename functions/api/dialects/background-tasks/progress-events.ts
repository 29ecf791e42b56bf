import type { DialectDeps } from '#api/dialect-deps.ts';
import { type EventTranslation, frame } from '#api/event-stream.ts';
import { hasEnded, type Run } from '#core/run/run.ts';
import { isLastEvent, type RunEvent } from '#core/run/run-event.ts';
import { getRun, keyOf } from '#core/run/run-repository.ts';
import type { TaskStatus } from './contract.ts';
import { progressAt, progressOf, type TaskProgress } from './progress.ts';
import { resultOf, toStatus } from './views.ts';

type Deps = Pick<DialectDeps, 'store' | 'clock' | 'log' | 'blobs' | 'waiting'>;

/**
 * A task's progress as unnamed events, each numbered as the run's event that it tells.
 * @param tells whether the stream begins with the present state
 */
export const progressEvents = (deps: Deps, run: Run, tells: boolean): EventTranslation => ({
  head: async () => (tells ? await stateFrame(deps, run, run.lastSeq) : ''),
  frames: async (events) => {
    const frames = await Promise.all(events.map((event) => toFrame(deps, run, event)));
    const text = frames.join('');
    const last = events.at(-1);
    // A poll that ends without a word would be asked again for the same.
    if (text === '' && last && !deps.waiting.streaming)
      return stateFrame(deps, await getRun(deps, keyOf(run)), last.seq);
    return text;
  },
});

async function toFrame(deps: Deps, run: Run, event: RunEvent): Promise<string> {
  if (isLastEvent(event)) return stateFrame(deps, await getRun(deps, keyOf(run)), event.seq);
  const progress = progressAt(event);
  if (progress === undefined) return '';
  const status = event.type === 'run.queued' ? 'pending' : 'running';
  return frame({ id: event.seq, data: toPayload(run, status, progress) });
}

async function stateFrame(deps: Deps, run: Run, seq: number): Promise<string> {
  const payload = toPayload(run, toStatus(run), progressOf(run));
  if (!hasEnded(run)) return frame({ id: seq, data: payload });
  const { result_summary, error } = await resultOf(deps, run);
  return frame({ id: seq, data: { ...payload, result_summary, error } });
}

const toPayload = (run: Run, status: TaskStatus, progress: TaskProgress) => ({
  id: run.id,
  status,
  ...progress,
});
