import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const cache = join(import.meta.dirname, '../../node_modules/.cache/longrun');
const oldestPython = [3, 10] as const;
const installsWithinSeconds = 300;

/** This machine cannot run it; the message says what it lacks. */
export class PythonUnavailable extends Error {
  override readonly name = 'PythonUnavailable';
}

/**
 * Installs packages in exactly the versions of a file, with all that they need, unless they are there
 * already.
 * @param what they are, as the one is told who lacks them
 * @returns the Python that has them
 * @throws PythonUnavailable
 */
export async function installPackages(what: string, requirements: string): Promise<string> {
  const digest = createHash('sha256').update(await readFile(requirements));
  const folder = join(cache, `python-${digest.digest('hex').slice(0, 12)}`);
  if (!existsSync(folder)) {
    await checkPython(what);
    await install(what, requirements, folder);
  }
  return pythonIn(folder);
}

const pythonIn = (folder: string) => join(folder, 'bin', 'python');

async function checkPython(what: string): Promise<void> {
  const wanted = `Python ${oldestPython.join('.')} or newer`;
  const script = 'import sys, venv; print(*sys.version_info[:2])';
  const { stdout } = await run('python3', ['-c', script]).catch(() => {
    throw new PythonUnavailable(`needs python3 (${wanted}, with venv) for ${what}`);
  });
  const [major = 0, minor = 0] = stdout.split(' ').map(Number);
  if (major !== oldestPython[0] || minor < oldestPython[1])
    throw new PythonUnavailable(`needs ${wanted} for ${what}, not ${major}.${minor}`);
}

/** The folder has its name only once all is in it, whoever else installs at the same time. */
async function install(what: string, requirements: string, folder: string): Promise<void> {
  const unfinished = `${folder}.${process.pid}.tmp`;
  await mkdir(cache, { recursive: true });
  const options = { timeout: installsWithinSeconds * 1000 };
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'];
  try {
    await run('python3', ['-m', 'venv', unfinished], options);
    await run(pythonIn(unfinished), [...pip, '--requirement', requirements], options);
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!existsSync(folder))
      throw new PythonUnavailable(`needs ${what}, which pip could not install: ${error}`);
  }
}
