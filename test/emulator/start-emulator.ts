import type { TestProject } from 'vitest/node';
import { emulatorForTests } from './emulator-for-tests.ts';

/** Starts an AWS emulator for all tests of the project. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const emulator = await emulatorForTests(project);
  if ('unavailable' in emulator) {
    project.provide('emulator', emulator);
    return undefined;
  }
  project.provide('emulator', { environment: emulator.environment });
  return emulator.stop;
}
