import { describe, expect, it } from 'vitest';
import type { Script } from '#agent/scripted-model.ts';
import { AgentDriver, approved } from '../agent-driver.ts';
import { addTool, anMcpServer } from '../mcp/an-mcp-server.ts';
import { aPlaybookAgent, systemOf } from './a-playbook.ts';

/** Adds in the role of the counter, and says which results there were in the role of another. */
const script: Script = (context) => {
  if (!systemOf(context).includes('Role: counter')) return { text: context.message };
  const [result] = context.results;
  return result
    ? { text: `${result.outcome}: ${result.value}` }
    : { toolCalls: [{ name: 'add', input: { a: 1, b: 2 } }] };
};

const playbook = (url: string, server = '', more = '') => `
llm: rehearsal
mcp_servers:
  numbers:
    url: ${url}
${server}
roles:
  counter: { mcp_servers: [numbers] }
${more}
`;

const other = { ...addTool, name: 'other' };
const run = (yaml: string, options: ConstructorParameters<typeof AgentDriver>[1] = {}) =>
  new AgentDriver(aPlaybookAgent(yaml, { script }), options);

describe('an MCP server of a playbook', () => {
  it('gives its tools to the role that names it', async () => {
    const server = await anMcpServer();

    expect(await run(playbook(server.url)).answer()).toBe('ok: 3');

    expect(server.called('tools/call')[0]?.params).toMatchObject({ arguments: { a: 1, b: 2 } });
  });

  it('gives them to no other role', async () => {
    const server = await anMcpServer();
    const yaml = playbook(server.url).replace('  counter: { mcp_servers: [numbers] }', '');

    const driver = run(`${yaml}  counter: {}\n  reader: { mcp_servers: [numbers] }`);
    await driver.answer();

    expect(driver.toolCalls).toMatchObject([{ output: { value: 'There is no tool add.' } }]);
    expect(server.called('tools/call')).toEqual([]);
  });

  it('is asked for its tools once for all the roles that name it', async () => {
    const server = await anMcpServer();
    const yaml = playbook(server.url, '', '  reader: { mcp_servers: [numbers] }');

    await run(yaml).answer();

    expect(server.called('tools/list')).toHaveLength(1);
  });

  it('is sent headers with what the deployment keeps secret', async () => {
    const server = await anMcpServer({ token: 'token-of-acme' });
    const yaml = playbook(server.url, `    headers: { Authorization: 'Bearer \${A_TOKEN}-\${B}' }`);
    const secrets = new Map([
      ['A_TOKEN', 'token-of'],
      ['B', 'acme'],
    ]);

    const answer = await run(yaml, {
      reach: { secret: async (name) => secrets.get(name) },
    }).answer();

    expect(answer).toBe('ok: 3');
  });

  it('fails the run where such a secret is not set, and says which', async () => {
    const server = await anMcpServer({ token: 'x' });
    const yaml = playbook(server.url, `    headers: { Authorization: 'Bearer \${A_TOKEN}' }`);

    const outcome = await run(yaml, { reach: { secret: async () => undefined } }).drive();

    const { host } = new URL(server.url);
    const message = `The MCP server at ${host} cannot be asked: A_TOKEN is not set`;
    expect(outcome).toMatchObject({ kind: 'fail', error: { code: 'agent_error', message } });
    expect(server.headers).toEqual([]);
  });

  it('that tells the token it was sent does not tell it to the caller', async () => {
    const server = await anMcpServer({ token: 'another' });
    const yaml = playbook(server.url, `    headers: { Authorization: 'Bearer \${A_TOKEN}' }`);

    const outcome = await run(yaml, { reach: { secret: async () => 'tell-nobody' } }).drive();

    expect(JSON.stringify(outcome)).toContain('agent_error');
    expect(JSON.stringify(outcome)).not.toContain('tell-nobody');
  });

  it('has a tool called when a person agrees, where a rule says so', async () => {
    const server = await anMcpServer();
    const rule = '{ when: always, expires_after_seconds: 60, on_expiry: cancel }';
    const driver = run(playbook(server.url, `    approval: { add: ${rule} }`));

    const approval = await driver.ask();
    const answer = await driver.answer({ decision: approved(approval) });

    expect(approval).toMatchObject({ tool: 'add', expiresAfterSeconds: 60, onExpiry: 'cancel' });
    expect(answer).toBe('ok: 3');
  });

  it('may be asked again for what is idempotent, and only for that', async () => {
    const server = await anMcpServer();
    const begunBy = async (more: string) => {
      const driver = run(playbook(server.url, more));
      await driver.answer();
      return driver.begun.length;
    };

    expect(await begunBy('    idempotent: [add]')).toBe(0);
    expect(await begunBy('    approval: { add: never }')).toBe(1);
  });

  it('gives only the tools that are wanted', async () => {
    const server = await anMcpServer({ tools: [addTool, other] });

    const driver = run(playbook(server.url, '    only: [other]'));
    await driver.answer();

    expect(driver.toolCalls).toMatchObject([{ output: { value: 'There is no tool add.' } }]);
  });

  it('that takes too long is an error for the model', async () => {
    const server = await anMcpServer({ result: undefined });

    const answer = await run(playbook(server.url, '    timeout_seconds: 0.2')).answer();

    expect(answer).toMatch(/^error: /);
  });

  it('that cannot be reached fails the run', async () => {
    const server = await anMcpServer();
    server.close();

    expect(await run(playbook(server.url)).drive()).toMatchObject({
      error: { code: 'agent_error', message: expect.stringContaining('cannot be asked') },
    });
  });
});
