import * as z from 'zod';
import type { Target } from '../../test/conformance/target.ts';

const exampleAgents = [
  ...['finance_agent', 'ops_agent', 'print_agent', 'slow_agent'],
  ...['drafting', 'recommendation', 'synthesis'],
];

const Agents = z.array(z.object({ agentId: z.string() }));

/**
 * What keeps the suite from saying anything about the target; a suite that fails in every case says
 * it worse.
 */
export async function obstacleAt({ url, token, otherToken }: Target): Promise<string | undefined> {
  try {
    const health = await fetch(`${url}/health`);
    if (health.status !== 200) return `${url}/health answers ${health.status}`;
    const tenants = { '--token': token, '--other-token': otherToken };
    for (const [option, value] of Object.entries(tenants)) {
      const obstacle = await obstacleOf(url, option, value);
      if (obstacle) return obstacle;
    }
    return undefined;
  } catch (error) {
    return `${url} cannot be reached: ${reasonOf(error)}`;
  }
}

async function obstacleOf(url: string, option: string, token: string) {
  const response = await fetch(`${url}/api/agents`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  if (response.status !== 200)
    return `${url}/api/agents answers ${response.status} to the token of ${option}`;
  const agents = Agents.safeParse(await response.json());
  const served = agents.success ? agents.data.map(({ agentId }) => agentId) : [];
  const missing = exampleAgents.filter((agentId) => !served.includes(agentId));
  return missing.length > 0
    ? `${url} does not serve the example agents ${missing.join(', ')} to the tenant of ${option}`
    : undefined;
}

/** What `fetch` hides in the cause of its error. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message ? error.cause.message : error.message;
}
