import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AgentsProcess, agentsOnDisk, eventually } from './agent-files/agents-on-disk.ts';

let host: AgentsProcess;

beforeAll(() => {
  host = new AgentsProcess();
});

afterAll(() => host.end());

const toolsSource = (says: string) => `
import { scriptedModel } from 'longrun/scripted-model';
import { count } from './tools/count.ts';
export { count };
export const rehearsal = scriptedModel(() => ({ text: '${says}' }));
`;
const countSource = `
import * as z from 'zod';
import { defineTool } from 'longrun/agent';
export const count = defineTool({
  name: 'count_words', description: 'Counts', input: z.object({}), execute: () => 1,
});
`;
const playbook = (more = '') =>
  `llm: rehearsal\nroles:\n  writer:\n    goal: Write\n    tools: [count_words]\n${more}`;

const wiki = 'mcp_servers:\n  wiki:\n    url: https://a.example/mcp\n';

const files = (yaml = playbook()) => ({
  'agents.yaml': yaml,
  'tools.ts': toolsSource('written'),
  'tools/count.ts': countSource,
});

describe('an agents.yaml', () => {
  it('is an agent by the name of its file, with tools and models of tools.ts', async () => {
    const agents = agentsOnDisk(host, files());

    await agents.load();

    expect(await agents.ids()).toEqual(['agents']);
    expect(await agents.describe('agents')).toMatchObject({ answer: 'written' });
  });

  it('declares an agent a document', async () => {
    const agents = agentsOnDisk(
      host,
      files(`${playbook('id: one\n')}---\n${playbook('id: two\norganisations: [beta]\n')}`),
    );

    await agents.load();

    expect(await agents.ids('acme')).toEqual(['one']);
    expect(await agents.ids('beta')).toEqual(['one', 'two']);
  });

  it.each([
    [
      'names a tool that there is not',
      playbook().replace('count_words', 'count_wrods'),
      ':5:13: roles.writer.tools.0: tools.ts exports no tool count_wrods, but count_words',
    ],
    [
      'names a model that there is not',
      playbook().replace('rehearsal', 'gpt-99'),
      ':1:6: llm: there is no model gpt-99',
    ],
    [
      'guards a tool that no role has',
      playbook('approval:\n  send_email: always\n'),
      ':7:15: approval.send_email: no role has a tool named send_email; a rule for a tool of an MCP server',
    ],
    [
      'names an MCP server that there is not',
      `${playbook('    mcp_servers: [wikki]\n')}${wiki}    only: [ask]\n`,
      ':6:19: roles.writer.mcp_servers.0: there is no MCP server wikki, but wiki',
    ],
    [
      'has an MCP server for nobody',
      `${playbook()}${wiki}`,
      ':8:5: mcp_servers.wiki: no role has it among its mcp_servers',
    ],
    [
      'guards a tool of an MCP server that it does not take',
      `${playbook('    mcp_servers: [wiki]\n')}${wiki}    only: [ask]\n    approval: { aks: always }\n`,
      ':11:22: mcp_servers.wiki.approval.aks: only has no tool named aks',
    ],
    [
      'has a wrong key',
      playbook('  editor: { gaol: x }\n'),
      ':6:13: roles.editor: there is no key',
    ],
    [
      'has several agents and no ids',
      `${playbook()}---\n${playbook()}`,
      ':1:1: a file with several agents gives each its id',
    ],
  ])('that %s is refused with file, line and column', async (_, yaml, says) => {
    const agents = agentsOnDisk(host, files(yaml));

    const error: unknown = await agents.load().catch((refusal: unknown) => refusal);

    expect(error).toMatchObject({ name: 'AgentFileError' });
    expect(String(error)).toContain(join(agents.folder, 'agents.yaml') + says);
  });

  it('is loaded anew when it changes, and when its tools do', async () => {
    const agents = agentsOnDisk(host, files());
    await agents.load();
    await agents.watch();

    agents.write('tools.ts', toolsSource('written anew'));
    await eventually(async () =>
      expect(await agents.describe('agents')).toMatchObject({ answer: 'written anew' }),
    );
    agents.write('agents.yaml', playbook('id: renamed\n'));

    await eventually(async () => expect(await agents.ids()).toEqual(['renamed']));
  });

  it.each([
    ['it', { 'agents.yaml': playbook('topic: x\n') }],
    ['its tools', { 'tools.ts': toolsSource('other') }],
    ['what these are made of', { 'tools/count.ts': `${countSource}\n` }],
    ['a file in its folder', { 'agents/notes.txt': 'x' }],
  ])('is another version with every change of %s', async (_, change) => {
    const versions = [files(), { ...files(), ...change }].map(async (some) => {
      const agents = agentsOnDisk(host, some);
      await agents.load();
      return (await agents.describe('agents'))?.version;
    });

    const [before, after] = await Promise.all(versions);

    expect(after).not.toBe(before);
  });
});
