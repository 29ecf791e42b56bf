import { beforeAll, beforeEach, inject, type RunnerTestSuite, TestRunner } from 'vitest';

const emulator = inject('emulator');

if ('environment' in emulator) {
  // The clients take their settings from here, as they do in a deployed function.
  Object.assign(process.env, emulator.environment);
} else {
  const { unavailable } = emulator;
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the pattern, and takes no other one
  beforeAll(({}, file) => leaveUnprepared(file));
  beforeEach((context) => context.skip(unavailable));
}

/** What suites prepare for their cases looks for the emulator, even where each case is skipped. */
function leaveUnprepared(parent: Pick<RunnerTestSuite, 'tasks'>): void {
  for (const task of parent.tasks) {
    if (task.type !== 'suite') continue;
    TestRunner.getSuiteHooks(task).beforeAll = [];
    leaveUnprepared(task);
  }
}
