import type { AgentSummary } from '#core/run/agents.ts';

interface Greeting {
  readonly baseUrl: string;
  readonly token: string;
  readonly agents: readonly AgentSummary[];
  readonly dataDir: string;
}

/** What a newcomer needs next, ready to be pasted. */
export function greeting({ baseUrl, token, agents, dataDir }: Greeting): string {
  const width = Math.max(0, ...agents.map(({ id }) => id.length));
  const list = agents.map(({ id, description }) => `  ${id.padEnd(width)}  ${description}`);
  return `
Longrun is serving on ${baseUrl}

  Page    ${baseUrl}/#token=${token}
  Token   ${token}   (organisation dev, user dev-user)
  Data    ${dataDir}

Agents
${list.join('\n')}

Run one and wait for its answer:

  ${post(`${baseUrl}/api/agents/finance_agent/runs`, token, {
    message: 'What was the highest price of AAPL in 2009?',
  })}

Run one that pauses for an approval:

  ${post(`${baseUrl}/api/agents/ops_agent/runs`, token, { message: 'Delete the table customers.' })}

Approve it, with the runId of the answer:

  ${post(`${baseUrl}/api/agents/ops_agent/runs/RUN_ID/continue`, token, { action: 'APPROVE' })}
`;
}

const post = (url: string, token: string, body: unknown) =>
  `curl -s ${url} \\
    -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' \\
    -d '${JSON.stringify(body)}'`;
