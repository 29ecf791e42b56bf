import type { AgentDeclaration } from '#agent/agent-declaration.ts';

export interface BundledAgent {
  readonly definition: AgentDeclaration;
  readonly version: string;
}

/** The bundler replaces this module with one that imports every agent of the agents' folder. */
export const bundledAgents: readonly BundledAgent[] = [];
