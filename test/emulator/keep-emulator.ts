/*
 * Runs the command it is given in a process group of its own for as long as its standard input is
 * open, and deletes its working folder then: whoever started it may end in any way, nothing is left.
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

const killAfterMs = 5000;
const [, , file = '', ...args] = process.argv;
const child = spawn(file, args, { detached: true, stdio: ['ignore', 'inherit', 'inherit'] });

child.on('error', (error) => {
  process.stderr.write(`${error}\n`);
  process.exit(1);
});
child.on('exit', () => {
  signal('SIGKILL');
  rmSync(process.cwd(), { recursive: true, force: true });
  process.exit(1);
});
process.stdin.resume().on('close', end);
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, end);

function end(): void {
  signal('SIGTERM');
  setTimeout(() => signal('SIGKILL'), killAfterMs);
}

function signal(name: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, name);
  } catch {
    // The group has ended.
  }
}
