import { spawn } from 'node:child_process';

interface Options {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutSeconds: number;
}

/**
 * Runs a program of Node. @returns its standard output
 * @throws with all it has printed when it fails or takes too long; nothing of it is left then
 */
export async function runCommand(
  args: readonly string[],
  { cwd, env, timeoutSeconds }: Options,
): Promise<string> {
  const command = spawn(process.execPath, args, {
    cwd,
    env,
    // A group of its own: the CDK's command line starts others, which must end with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = () => {
    try {
      if (command.pid !== undefined) process.kill(-command.pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  };
  process.once('exit', kill);
  const timer = setTimeout(kill, timeoutSeconds * 1000);
  const printed = { stdout: '', all: '' };
  command.stdout.on('data', (text) => {
    printed.stdout += text;
    printed.all += text;
  });
  command.stderr.on('data', (text) => {
    printed.all += text;
  });
  const code = await new Promise((resolve) => command.once('close', resolve));
  clearTimeout(timer);
  process.off('exit', kill);
  if (code !== 0)
    throw new Error(`${args.join(' ')} ended with ${code} (${timeoutSeconds} s):\n${printed.all}`);
  return printed.stdout;
}
