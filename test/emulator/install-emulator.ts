import { join } from 'node:path';
import { installPackages } from '../python/install-packages.ts';

/** @returns the Python that runs the emulator. @throws PythonUnavailable */
export const installEmulator = (): Promise<string> =>
  installPackages('the AWS emulator', join(import.meta.dirname, 'requirements.txt'));
