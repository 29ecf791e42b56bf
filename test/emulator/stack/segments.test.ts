import { expect, it } from 'vitest';
import { dispatchRun } from '#core/run/dispatch-run.ts';
import { slow, workFor } from '../../conformance/agents.ts';
import { us } from '../../conformance/client.ts';
import { allEvents, follow } from '../../conformance/event-stream.ts';
import { type Run, submit, untilIs } from '../../conformance/runs.ts';
import type { RunEvent } from '../../conformance/wire-of-events.ts';
import { copyOf, deployedArnOf, invoke, nameOf } from './deployed-functions.ts';
import {
  aStoredRun,
  deployedDeps,
  firstExecutionOf,
  keyOfRun,
  seenByClients,
} from './deployment.ts';
import { killWorkerOf } from './kill-worker.ts';
import { aMachineLikeTheDeployed } from './state-machines.ts';

const stepsOf = (events: readonly RunEvent[], type: 'step.started' | 'step.reset') =>
  events.flatMap((event) => (event.type === type ? [event.data.step] : []));

const countOf = (events: readonly RunEvent[], type: RunEvent['type']) =>
  events.filter((event) => event.type === type).length;

/** Until its tool has begun to work, which is its second step. */
async function untilAtWork(run: Run): Promise<void> {
  for await (const { type } of follow(us, run.id)) if (type === 'progress') return;
}

/** A run whose segments no other run shares, in the process that works for them. */
async function aRunOfItsOwn(message: string) {
  const segment = await copyOf('Segment');
  const deployed = await deployedArnOf('Segment');
  const machine = await aMachineLikeTheDeployed((it) => it.replaceAll(deployed, segment.arn));
  const deps = await deployedDeps(machine);
  const stored = await aStoredRun(deps, slow, message);
  const run = seenByClients(stored);
  await dispatchRun(deps, keyOfRun(run));
  return { run, segment };
}

it('takes a run to its end whose worker is killed in a step, and repeats no finished one', async () => {
  const { run, segment } = await aRunOfItsOwn(workFor(5));
  await untilAtWork(run);

  await killWorkerOf(segment.name);

  const events = await allEvents(us, run.id);
  expect(stepsOf(events, 'step.reset')).toEqual([2]);
  expect(stepsOf(events, 'step.started')).toEqual([1, 2, 2, 3]);
  expect(countOf(events, 'tool.completed')).toBe(1);
  expect(events.at(-1)?.type).toBe('run.completed');
});

it('writes nothing twice while a second invocation of its segment waits for the first', async () => {
  const run = await submit(us, slow, { message: workFor(8) });
  await untilAtWork(run);

  const outcome = await invoke(await nameOf('Segment'), firstExecutionOf(run));

  expect(outcome).toEqual({ next: 'DONE', status: 'COMPLETED', steps: 0 });
  const events = await allEvents(us, run.id);
  expect(stepsOf(events, 'step.started')).toEqual([1, 2, 3]);
  expect(stepsOf(events, 'step.reset')).toEqual([]);
  expect(countOf(events, 'tool.completed')).toBe(1);
  expect(countOf(events, 'run.completed')).toBe(1);
  await untilIs(us, run, 'COMPLETED');
});
