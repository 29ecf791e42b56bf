import { agentNamed } from '#api/agent-named.ts';

/**
 * @param name LONGRUN_DEFAULT_AGENT
 * @throws Error naming the agents that there are, where it is none of them
 */
export function checkDefaultAgent(
  name: string | undefined,
  agents: readonly { readonly id: string }[],
): void {
  if (name === undefined || agentNamed(agents, name)) return;
  const declared = agents.map(({ id }) => id).join(', ') || 'none';
  throw new Error(
    `LONGRUN_DEFAULT_AGENT: there is no agent ${name} here; declared are: ${declared}`,
  );
}
