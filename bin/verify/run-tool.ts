import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export interface CheckResult {
  readonly passed: boolean;
  /** What the check has to say where it failed. */
  readonly output: string;
}

/** Runs a JavaScript program of node_modules on this Node, in `folder`. */
export async function runTool(
  folder: string,
  program: string,
  args: readonly string[],
): Promise<CheckResult> {
  const file = join(import.meta.dirname, '../../node_modules', program);
  const child = spawn(process.execPath, [file, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));

  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { passed: (await ended) === 0, output: stdout + stderr };
}
