import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, inject, it } from 'vitest';
import { finance } from '../agents.ts';
import { deadlineSeconds } from '../eventually.ts';
import { pythonSdk } from './python-sdk.ts';

/*
 * https://docs.langchain.com/langsmith/background-run: the page's script from top to bottom, as it is
 * written there, but for the address and the agent.
 */

const target = inject('target');

const documented = (file: string) =>
  readFileSync(join(import.meta.dirname, 'documented', file), 'utf8')
    .replace('<DEPLOYMENT_URL>', JSON.stringify(target.url))
    .replace('= "agent"', `= "${finance}"`);

async function run(program: string, args: readonly string[], script: string) {
  const env = { ...process.env, LANGGRAPH_API_KEY: target.token, NO_COLOR: '1' };
  const child = spawn(program, args, { env, timeout: deadlineSeconds * 1000 });
  child.stdin.end(script);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { stdout, stderr };
}

/** As a notebook runs it: with `await` at the top. */
const notebook = `
import ast, asyncio, sys
code = compile(sys.stdin.read(), "documented", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
asyncio.run(eval(code, {}))
`;

/** What is printed in turn: thread, runs, the new run, the ended run, the state, and the answer. */
function expectAll({ stdout, stderr }: { stdout: string; stderr: string }) {
  expect(stderr).toBe('');
  expect(stdout).toMatch(/thread_id/);
  const statuses = Array.from(stdout.matchAll(/\bstatus'?: '(\w+)'/g), ([, status]) => status);
  // A short run can have ended before the script first asks.
  expect(statuses.join(' ')).toMatch(/^idle (pending|running|success) success$/);
  expect(stdout).toMatch(/\n\[\]\n/);
  expect(stdout.trim().split('\n').at(-1)).toMatch(/\w/);
}

describe('the documented background run', () => {
  it.each(['@langchain/langgraph-sdk', 'langgraph-sdk-v1'])(
    'runs in JavaScript: %s',
    async (sdk) => {
      const script = documented('background-runs.js.txt').replace('@langchain/langgraph-sdk', sdk);

      expectAll(await run(process.execPath, ['--input-type=module', '-'], script));
    },
  );

  it('runs in Python', async (context) => {
    const sdk = await pythonSdk();
    if ('unavailable' in sdk) return context.skip(sdk.unavailable);

    expectAll(await run(sdk.python, ['-c', notebook], documented('background-runs.py.txt')));
  });
});
