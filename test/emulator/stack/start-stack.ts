import type { TestProject } from 'vitest/node';
import { emulatorForTests } from '../emulator-for-tests.ts';
import { type DeployedStacks, deployStacks } from './deploy-stacks.ts';
import { skippedCases } from './skipped-cases.ts';

/** Where answers are not streamed, they are given before API Gateway gives up at 29 s. */
const syncLimitSeconds = 25;

/** Deploys the stacks to an emulator, as the target of the conformance suite. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const emulator = await emulatorForTests(project);
  if ('unavailable' in emulator) {
    project.provide('emulator', emulator);
    project.provide('target', { url: 'http://localhost', token: '-', otherToken: '-', skip: [] });
    return undefined;
  }
  try {
    const stacks = await deployStacks(emulator);
    const { ApiUrl: url, token, otherToken } = stacks;
    project.provide('emulator', { environment: emulator.environment });
    project.provide('stacks', stacks);
    project.provide('target', {
      url,
      token,
      otherToken,
      syncLimitSeconds,
      skip: [...skippedCases],
    });
    return emulator.stop;
  } catch (error) {
    await emulator.stop();
    throw error;
  }
}

declare module 'vitest' {
  interface ProvidedContext {
    stacks: DeployedStacks;
  }
}
