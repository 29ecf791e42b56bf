import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

const bin = join(import.meta.dirname, '../../bin');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Variables = Readonly<Record<string, string>>;

/** `npm run <name> -- <args>` without a terminal, and without the launcher, which has its own tests. */
export function startCommand(name: string, args: readonly string[], env: Variables = {}) {
  const child = spawn(process.execPath, [join(bin, `${name}.ts`), ...args], {
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return { child, outcome: outcomeOf(child, child.stdout, child.stderr) };
}

export const runCommand = (name: string, args: readonly string[], env: Variables = {}) =>
  startCommand(name, args, env).outcome;

async function outcomeOf(
  child: ChildProcess,
  out: NodeJS.ReadableStream,
  err: NodeJS.ReadableStream,
): Promise<Outcome> {
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(out), text(err)]);
  return { code: await ended, stdout, stderr };
}
