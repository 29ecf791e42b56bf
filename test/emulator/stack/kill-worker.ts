import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Kills the one process that works for a function. @throws unless there is one, and no more */
export async function killWorkerOf(functionName: string): Promise<void> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,args='], { maxBuffer: 2 ** 24 });
  const [pid, ...others] = stdout
    .split('\n')
    .filter((line) => line.includes(`/ministack-lambda-${functionName}-`))
    .map((line) => Number.parseInt(line, 10));
  if (pid === undefined || others.length > 0)
    throw new Error(`Not one process works for ${functionName}`);
  process.kill(pid, 'SIGKILL');
}
