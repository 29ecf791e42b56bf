import type { AgentCard } from '#core/run/agents.ts';

interface Greeting {
  readonly baseUrl: string;
  readonly token: string;
  readonly agents: readonly AgentCard[];
  readonly dataDir: string;
  readonly anonymous: boolean;
}

/** What a newcomer needs next, ready to be pasted. */
export function greeting({ baseUrl, token, agents, dataDir, anonymous }: Greeting): string {
  const width = Math.max(0, ...agents.map(({ id }) => id.length));
  const list = agents.map(({ id, description }) => `  ${id.padEnd(width)}  ${description}`);
  const served = new Set(agents.map(({ id }) => id));
  const first = served.has('finance_agent') ? 'finance_agent' : agents[0]?.id;
  return `
Longrun is serving on ${baseUrl}
${anonymous ? openDoor : ''}
  Page    ${baseUrl}/#token=${token}
  Token   ${token}   (organisation dev, user dev-user)
  Data    ${dataDir}

Agents
${list.join('\n') || '  none: put a file that declares one into the agents folder'}
${first === undefined ? '' : tryOne(baseUrl, token, first)}${served.has('ops_agent') ? tryApproval(baseUrl, token) : ''}
Ctrl-C stops the service; its runs go on at the next start.
`;
}

const openDoor = `
  ANONYMOUS: every program on this machine may do everything here without a token, as organisation
  dev. Requests from other machines, and of web pages from elsewhere, are refused.
`;

const tryOne = (baseUrl: string, token: string, agentId: string) => `
Run one and wait for its answer:

  ${post(`${baseUrl}/api/agents/${agentId}/runs`, token, {
    message: agentId === 'finance_agent' ? 'What was the highest price of AAPL in 2009?' : 'Hello',
  })}
`;

const tryApproval = (baseUrl: string, token: string) => `
Run one that pauses for an approval:

  ${post(`${baseUrl}/api/agents/ops_agent/runs`, token, { message: 'Delete the table customers.' })}

Approve it, with the runId of the answer:

  ${post(`${baseUrl}/api/agents/ops_agent/runs/RUN_ID/continue`, token, { action: 'APPROVE' })}
`;

const post = (url: string, token: string, body: unknown) =>
  `curl -s ${url} \\
    -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' \\
    -d '${JSON.stringify(body)}'`;
