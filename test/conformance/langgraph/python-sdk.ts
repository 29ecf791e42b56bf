import { join } from 'node:path';
import { installPackages, PythonUnavailable } from '../../python/install-packages.ts';

const requirements = join(import.meta.dirname, 'requirements.txt');

/**
 * @returns the Python that has LangGraph's SDK, or why this machine has none
 * @throws where it has none, if the machine checks the project for others: that checks all of it
 */
export async function pythonSdk(): Promise<{ python: string } | { unavailable: string }> {
  try {
    return { python: await installPackages("LangGraph's Python SDK", requirements) };
  } catch (error) {
    if (!(error instanceof PythonUnavailable) || process.env['CI'] === 'true') throw error;
    return { unavailable: error.message };
  }
}
