import { type AgentCard, type AgentDirectory, sees } from '#core/run/agents.ts';
import { bundledAgentCards } from './bundled-agent-cards.ts';

/** The agents that were deployed, by their cards: all that a submission needs. */
export const agentDirectory = (): AgentDirectory => directoryOf(bundledAgentCards);

export function directoryOf<Card extends AgentCard>(cards: readonly Card[]) {
  const byId = new Map(cards.map((card) => [card.id, card]));
  return {
    find: (agentId: string, orgId: string): Card | undefined => {
      const card = byId.get(agentId);
      return card && sees(orgId, card) ? card : undefined;
    },
    list: (orgId: string): readonly Card[] => cards.filter((card) => sees(orgId, card)),
  };
}
