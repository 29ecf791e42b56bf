import type { AgentDefinition } from '#agent/define-agent.ts';

export interface BundledAgent {
  readonly definition: AgentDefinition;
  readonly version: string;
}

/** The bundler replaces this module with one that imports every agent of the agents' folder. */
export const bundledAgents: readonly BundledAgent[] = [];
