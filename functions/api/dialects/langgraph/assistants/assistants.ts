import { v5 as uuidv5 } from 'uuid';
import type { AgentCard, AgentDirectory } from '#core/run/agents.ts';

/** That of LangGraph's own servers: an agent has the id that a graph of its name has there. */
const namespace = '6ba7b821-9dad-11d1-80b4-00c04fd430c8';

/** The same in every deployment, for as long as the agent has its name. */
export const assistantIdOf = (agentId: string) => uuidv5(agentId, namespace);

/**
 * An agent by its name, or by the id that it has as an assistant.
 * @returns `undefined` also where the organisation may not see it
 */
export function findAssistant(
  agents: AgentDirectory,
  assistantId: string,
  orgId: string,
): AgentCard | undefined {
  const named = agents.find(assistantId, orgId);
  if (named !== undefined) return named;
  const id = assistantId.toLowerCase();
  return agents.list(orgId).find((agent) => assistantIdOf(agent.id) === id);
}
