import { spawn } from 'node:child_process';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';

const program = join(import.meta.dirname, '../../bin/conformance.ts');
const tokens = ['--token', 'a', '--other-token', 'b'];

async function conformance(args: readonly string[]) {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env['PATH'], NO_COLOR: '1' },
  });
  const code = new Promise((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout, stderr };
}

/** @returns its address */
async function aServer(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

const agents = [
  ...['drafting', 'finance_agent', 'ops_agent', 'print_agent', 'recommendation'],
  ...['synthesis', 'slow_agent'],
].map((agentId) => ({ agentId }));

describe('npm run conformance', () => {
  it('fails without a second tenant, and says so', async () => {
    const { code, stderr } = await conformance(['--url', 'http://localhost:8080', '--token', 'a']);

    expect(code).toBe(2);
    expect(stderr).toMatch(/^conformance: --other-token is missing: .*\nconformance: .*--help/);
  });

  it('fails where nobody answers', async () => {
    const url = await aServer((request) => request.destroy());

    const { code, stderr } = await conformance(['--url', url, ...tokens]);

    expect(code).toBe(1);
    expect(stderr).toMatch(`conformance: ${url} cannot be reached: `);
  });

  it('fails where one of the tokens is refused, and says which', async () => {
    const url = await aServer(({ headers }, response) => {
      response.statusCode = headers.authorization === 'Bearer b' ? 401 : 200;
      response.end(JSON.stringify(agents));
    });

    const { code, stderr } = await conformance(['--url', url, ...tokens]);

    expect(code).toBe(1);
    expect(stderr).toBe(
      `conformance: ${url}/api/agents answers 401 to the token of --other-token\n`,
    );
  });

  it('fails where an example agent is missing, and says which', async () => {
    const url = await aServer((_, response) => response.end(JSON.stringify(agents.slice(0, -1))));

    const { code, stderr } = await conformance(['--url', url, ...tokens]);

    expect(code).toBe(1);
    expect(stderr).toMatch(/does not serve the example agents slow_agent/);
  });

  it('fails in nearly every case against a service that answers everything with a list', async () => {
    const url = await aServer((_, response) => {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify(agents));
    });

    // Those that wait for an end that this service never comes to.
    const skip = 'white space,polling loop,in a busy thread,at work can be cancelled';
    const { code, stdout } = await conformance(['--url', url, ...tokens, '--skip', skip]);

    expect(code).toBe(1);
    const [, passed, failed] =
      /^conformance: http\S+ (\d+) passed, (\d+) failed, \d+ skipped in [\d.]+ s$/m.exec(stdout) ??
      [];
    expect(Number(failed)).toBeGreaterThan(100);
    expect(Number(passed)).toBeLessThan(5);
  });
});
