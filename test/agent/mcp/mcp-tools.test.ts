import { describe, expect, it } from 'vitest';
import { mcpTools } from '#agent/mcp/mcp-tools.ts';
import { scriptedModel } from '#agent/scripted-model.ts';
import { anAgent } from '../../builders/an-agent.ts';
import { aTool, callsInTurn } from '../a-tool.ts';
import { AgentDriver, approved, listeningModel } from '../agent-driver.ts';
import { addTool, anMcpServer } from './an-mcp-server.ts';

const addsOnce = callsInTurn([{ name: 'add', input: { a: 1, b: 2 } }]);

const anAgentOf = (url: string, more: Partial<Parameters<typeof mcpTools>[0]> = {}) =>
  anAgent({ script: addsOnce, toolSources: [mcpTools({ url, ...more })] });

describe('an MCP server', () => {
  it('gives an agent its tools, beside those that it has', async () => {
    const server = await anMcpServer({ tools: [addTool, { ...addTool, name: 'other' }] });
    const { model, heard } = listeningModel(scriptedModel(addsOnce));
    const agent = anAgent({
      model,
      tools: [aTool()],
      toolSources: [mcpTools({ url: server.url })],
    });

    const answer = await new AgentDriver(agent).answer();

    expect(answer).toBe('ok: 3');
    expect(heard[0]?.tools?.map(({ name }) => name)).toEqual(['work', 'add', 'other']);
    expect(heard[0]?.tools?.[1]).toMatchObject(addTool);
    expect(server.called('tools/call')[0]?.params).toMatchObject({
      name: 'add',
      arguments: { a: 1, b: 2 },
    });
  });

  it('is asked for its tools once for a while', async () => {
    const server = await anMcpServer();
    const brief = await anMcpServer();

    await new AgentDriver(anAgentOf(server.url)).answer();
    await new AgentDriver(anAgentOf(brief.url, { cacheSeconds: 0 })).answer();

    expect(server.called('tools/list')).toHaveLength(1);
    expect(brief.called('tools/list')).toHaveLength(3);
  });

  it('gives only the tools that are wanted', async () => {
    const server = await anMcpServer({ tools: [addTool, { ...addTool, name: 'other' }] });
    const { model, heard } = listeningModel(scriptedModel(() => ({ text: 'x' })));
    const source = mcpTools({ url: server.url, only: ['other'] });

    await new AgentDriver(anAgent({ model, toolSources: [source] })).answer();

    expect(heard[0]?.tools?.map(({ name }) => name)).toEqual(['other']);
  });

  it('has a tool called only when a person agrees, where the rule says so', async () => {
    const server = await anMcpServer();
    const driver = new AgentDriver(anAgentOf(server.url, { approval: { add: 'always' } }));

    const approval = await driver.ask();
    const before = server.called('tools/call').length;
    await driver.answer({ decision: approved(approval) });

    expect(approval).toMatchObject({ tool: 'add', arguments: { a: 1, b: 2 } });
    expect(before).toBe(0);
    expect(server.called('tools/call')).toHaveLength(1);
  });

  it('is sent the headers, made anew for each connection', async () => {
    const server = await anMcpServer({ token: 'secret-token' });
    const headers = async () => ({ authorization: 'Bearer secret-token' });

    expect(await new AgentDriver(anAgentOf(server.url, { headers })).answer()).toBe('ok: 3');
  });

  it.each([
    [
      'text',
      {
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      'ok: a\nb',
    ],
    ['structured content', { content: [], structuredContent: { sum: 3 } }, 'ok: {"sum":3}'],
    [
      'an image',
      { content: [{ type: 'image', data: 'AAAA', mimeType: 'image/png' }] },
      'ok: [image]',
    ],
    ['an error', { content: [{ type: 'text', text: 'too big' }], isError: true }, 'error: too big'],
  ])('may answer a call with %s', async (_, result, says) => {
    const server = await anMcpServer({ result });

    expect(await new AgentDriver(anAgentOf(server.url)).answer()).toBe(says);
  });

  it('that does not answer a call in time is an error for the model', async () => {
    const server = await anMcpServer({ result: undefined });

    const answer = await new AgentDriver(anAgentOf(server.url, { timeoutSeconds: 0.2 })).answer();

    expect(answer).toMatch(/^error: .*add took longer|^error: .*cannot be asked/);
  });

  it('that cannot be reached fails the run, by its name', async () => {
    const server = await anMcpServer();
    server.close();

    const outcome = await new AgentDriver(anAgentOf(server.url)).drive();

    const { host } = new URL(server.url);
    expect(outcome).toMatchObject({
      kind: 'fail',
      error: {
        code: 'agent_error',
        message: expect.stringContaining(`The MCP server at ${host} cannot be asked`),
      },
    });
  });

  it('that refuses the token fails the run without telling the token', async () => {
    const server = await anMcpServer({ token: 'another' });
    const headers = { authorization: 'Bearer my-secret-token' };

    const outcome = JSON.stringify(
      await new AgentDriver(anAgentOf(server.url, { headers })).drive(),
    );

    expect(outcome).toContain('agent_error');
    expect(outcome).not.toContain('my-secret-token');
  });

  it.each([
    { only: ['gone'] },
    { approval: { gone: 'always' as const } },
    { idempotent: ['gone'] },
  ])('without a tool that %j names fails the run', async (more) => {
    const server = await anMcpServer();

    const outcome = await new AgentDriver(anAgentOf(server.url, more)).drive();

    expect(JSON.stringify(outcome)).toContain('has no tool gone');
  });

  it('with a tool of the name of another fails the run', async () => {
    const server = await anMcpServer();
    const agent = anAgent({
      tools: [aTool({ name: 'add' })],
      toolSources: [mcpTools({ url: server.url })],
    });

    expect(await new AgentDriver(agent).drive()).toMatchObject({
      error: { code: 'agent_error', message: 'Two tools are named add' },
    });
  });
});
