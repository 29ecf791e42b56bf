import { describe, expect, it } from 'vitest';
import { mcpTools } from '#agent/mcp/mcp-tools.ts';
import { decideApproval } from '#core/approval/decide-approval.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { aPrincipal } from '../../builders/a-principal.ts';
import { anAgent } from '../../builders/an-agent.ts';
import { anEngine } from '../../builders/an-engine.ts';
import { callsInTurn } from '../a-tool.ts';
import { aPlaybookAgent } from '../playbook/a-playbook.ts';
import { anMcpServer } from './an-mcp-server.ts';

const script = callsInTurn([{ name: 'add', input: { a: 1, b: 2 } }]);

const agents = {
  'in code': (url: string) =>
    anAgent({ id: 'team', script, toolSources: [mcpTools({ url, approval: { add: 'always' } })] }),
  'in YAML': (url: string) =>
    aPlaybookAgent(
      `
llm: rehearsal
mcp_servers: { numbers: { url: '${url}', approval: { add: always } } }
roles: { counter: { mcp_servers: [numbers] } }`,
      { script },
    ),
};

describe('a call of a tool of an MCP server that is named', () => {
  it.each(Object.entries(agents))('%s may be approved with other arguments', async (_, agent) => {
    const server = await anMcpServer();
    const { deps, submit, reach } = await anEngine({ agents: [agent(server.url)] });
    const run = await reach(await submit({ agentId: 'team' }), ({ status }) => status === 'PAUSED');

    await decideApproval(deps, {
      ...keyOf(run),
      ...{ decision: 'APPROVE', by: aPrincipal('ann'), idempotency: undefined },
      arguments: { a: 5, b: 6 },
    });

    await reach(run, ({ status }) => status === 'COMPLETED');
    expect(server.called('tools/call').map(({ params }) => params)).toMatchObject([
      { name: 'add', arguments: { a: 5, b: 6 } },
    ]);
  });
});
