import type { DialectDeps } from '#api/dialect-deps.ts';
import { listRuns } from '#core/run/list-runs.ts';
import { isDeleted, type Run } from '#core/run/run.ts';
import { sessionLegs } from '#core/run/run-leg.ts';
import type { SessionKey } from '#core/store/keys.ts';
import type { RunStatusName } from './contract.ts';
import { firstLeg, statusOf, type WireRun } from './wire-run.ts';

/** All runs of a thread that LangGraph would have had, the newest first. */
export async function listWireRuns(
  deps: DialectDeps,
  thread: SessionKey,
  status: RunStatusName | undefined,
): Promise<WireRun[]> {
  const [runs, legs] = await Promise.all([runsOf(deps, thread), sessionLegs(deps.store, thread)]);
  const byId = new Map(runs.map((run) => [run.id, run]));
  const later = legs.flatMap((leg) => {
    const run = byId.get(leg.runId);
    return run ? [{ id: leg.id, run, leg }] : [];
  });
  return [...runs.map(firstLeg), ...later]
    .filter((wire) => (status ?? statusOf(wire)) === statusOf(wire))
    .toSorted((a, b) => bornAt(b) - bornAt(a) || (a.id < b.id ? 1 : -1));
}

const bornAt = ({ run, leg }: WireRun) => leg?.createdAt ?? run.createdAt;

async function runsOf(deps: DialectDeps, { orgId, sessionId }: SessionKey): Promise<Run[]> {
  const runs: Run[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await listRuns(deps, { orgId, sessionId, limit: 100, cursor });
    runs.push(...page.runs.filter((run) => !isDeleted(run)));
    cursor = page.cursor;
    if (cursor === undefined) return runs;
  }
}
