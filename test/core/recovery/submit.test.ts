import { expect } from 'vitest';
import { dispatchRun } from '#core/run/dispatch-run.ts';
import { retryRun } from '#core/run/retry-run.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { type SubmitRunCommand, storeRun, submitRun } from '#core/run/submit-run.ts';
import { runsOf } from '../left-overs.ts';
import { aSettledRun, aWork, sessionId } from './arrange.ts';
import { crashStates } from './crash-states.ts';
import type { CrashWorld } from './crash-world.ts';

const statuses = async ({ deps }: CrashWorld) =>
  (await runsOf(deps, 'acme')).map(({ status }) => status);

/** The run is there as soon as anything is, and then it comes to its end. */
const isDoneIfStored = async (world: CrashWorld, changes: readonly string[]) =>
  expect(await statuses(world)).toEqual(
    changes.some((change) => change.includes('run:QUEUED')) ? ['COMPLETED'] : [],
  );

await crashStates('submitting a run', {
  knownChanges: 2,
  arrange: async () => undefined,
  act: ({ doomed }) => submitRun(doomed.deps, aWork('safe')),
  recovered: (world, _, changes) => isDoneIfStored(world, changes),
});

await crashStates('submitting a run with media and a large message', {
  knownChanges: 4,
  settings: { inlineBytes: 10 },
  arrange: async () => undefined,
  act: ({ doomed }) =>
    submitRun(
      doomed.deps,
      aWork('safe'.padEnd(200), {
        media: [{ mediaType: 'image/png', bytes: new Uint8Array(100) }],
      }),
    ),
  recovered: (world, _, changes) => isDoneIfStored(world, changes),
});

await crashStates('submitting a run for a caller that asks again with its key', {
  knownChanges: 2,
  arrange: async (): Promise<SubmitRunCommand> =>
    aWork('safe', { idempotency: { route: 'submit', key: 'k', fingerprint: 'f' } }),
  act: ({ doomed }, command) => submitRun(doomed.deps, command),
  recovered: async (world, command, changes) => {
    const again = await submitRun(world.deps, command);
    await world.quiet();

    expect(again.replayed).toBe(changes.length > 0);
    expect(await statuses(world)).toEqual(['COMPLETED']);
  },
});

await crashStates('submitting a run and starting it for a caller that waits', {
  knownChanges: 3,
  arrange: async () => undefined,
  act: async ({ doomed: { deps } }) => {
    const { run } = await storeRun(deps, aWork('safe'));
    await dispatchRun(deps, keyOf(run));
  },
  recovered: (world, _, changes) => isDoneIfStored(world, changes),
});

await crashStates('submitting a run behind another one', {
  knownChanges: 2,
  arrange: (world) => aSettledRun(world, 'safe', { sessionId }),
  act: ({ doomed }) => submitRun(doomed.deps, aWork('safe', { sessionId })),
  recovered: async (world, _, changes) => {
    const expected = changes.length > 0 ? ['COMPLETED', 'COMPLETED'] : ['COMPLETED'];
    expect(await statuses(world)).toEqual(expected);
  },
});

await crashStates('retrying a run from one of its steps', {
  knownChanges: 3,
  arrange: (world) => aSettledRun(world, 'safe safe'),
  act: ({ doomed }, run) =>
    retryRun(doomed.deps, {
      ...keyOf(run),
      principal: 'p',
      principalUserId: undefined,
      fromStep: 2,
      idempotency: undefined,
    }),
  recovered: async (world, _, changes) => {
    const isStored = changes.some((change) => change.includes('run:QUEUED'));
    expect(await statuses(world)).toEqual(isStored ? ['COMPLETED', 'COMPLETED'] : ['COMPLETED']);
  },
});
