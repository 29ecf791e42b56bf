import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { AgentDriver, approved, rejected } from '../agent-driver.ts';
import { aRemoteAgent } from './a-remote-server.ts';

const program = join(import.meta.dirname, '../../../docs/remote-agent-server.mjs');

async function theExample(): Promise<string> {
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const [line] = await once(child.stdout, 'data');
  return `http://127.0.0.1:${/\d+/.exec(String(line))?.[0]}/`;
}

const headers = { authorization: 'Bearer remote-token' };
const request = { message: 'Ada' };

it('the server of the README says hello once a person has agreed', async () => {
  const agent = aRemoteAgent(await theExample(), { headers });
  const one = new AgentDriver(agent, { request });
  const other = new AgentDriver(agent, { request });

  const agreed = await one.answer({ decision: approved(await one.ask()) });
  const refused = await other.answer({ decision: rejected(await other.ask(), 'too early') });

  expect(agreed).toBe('Hello, Ada!');
  expect(refused).toBe('I said nothing: too early.');
});
