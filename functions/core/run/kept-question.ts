import { writeCheckpoint } from '../session/checkpoints.ts';
import type { Write } from '../store/item-store.ts';
import { questionOf } from './agents.ts';
import type { RunDeps } from './deps.ts';
import type { LiveRun } from './run.ts';
import { getRequest } from './run-input.ts';
import { keyOf } from './run-repository.ts';

/**
 * A run that has begun and finished no step yet, with its question as its only one, so that the
 * session can keep that; any other as it is.
 */
export async function withQuestion(
  deps: Pick<RunDeps, 'store' | 'blobs' | 'clock' | 'settings'>,
  run: LiveRun,
): Promise<{ readonly run: LiveRun; readonly writes: Write[] }> {
  if (run.status === 'QUEUED' || run.step > 0) return { run, writes: [] };
  const appended = questionOf(await getRequest(deps, keyOf(run)));
  if (appended.length === 0) return { run, writes: [] };
  const checkpoint = { runId: run.id, step: 1, parent: run.base, at: deps.clock.now() };
  return {
    run: { ...run, step: 1 },
    writes: [await writeCheckpoint(deps, run, { ...checkpoint, appended, state: {} })],
  };
}
