import type { AgentCard } from '#core/run/agents.ts';

/** The bundler replaces this module with the cards of the agents, which are data. */
export const bundledAgentCards: readonly AgentCard[] = [];
