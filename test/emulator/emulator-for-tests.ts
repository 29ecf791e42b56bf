import type { TestProject } from 'vitest/node';
import { PythonUnavailable } from '../python/install-packages.ts';
import {
  type EmulatorEnvironment,
  type EmulatorProcess,
  startEmulator,
} from './emulator-process.ts';
import { installEmulator } from './install-emulator.ts';

/**
 * Starts an emulator, or says why this machine cannot.
 * @throws also where it cannot, if the machine checks the project for others: that checks all of it
 */
export async function emulatorForTests(
  project: TestProject,
): Promise<EmulatorProcess | { unavailable: string }> {
  try {
    return await startEmulator(await installEmulator());
  } catch (error) {
    if (!(error instanceof PythonUnavailable) || process.env['CI'] === 'true') throw error;
    project.vitest.logger.warn(`All of ${project.name} is skipped: it ${error.message}.`);
    return { unavailable: error.message };
  }
}

declare module 'vitest' {
  interface ProvidedContext {
    emulator: { readonly environment: EmulatorEnvironment } | { readonly unavailable: string };
  }
}
