import { vi } from 'vitest';
import type { BundledAgent } from '#adapters/aws/bundled-agents.ts';
import { makeAgent } from '#agent/make-agent.ts';
import { AgentCard } from '#core/run/agents.ts';
import type { BlobStore } from '#core/store/blob-store.ts';

/**
 * Deploys agents as the bundler does: it replaces the two modules that stand for them. What uses
 * them has to be imported afterwards.
 */
export function bundleAgents(...bundledAgents: readonly BundledAgent[]): void {
  const bundledAgentCards = bundledAgents.map(({ definition, version }) =>
    AgentCard.parse(makeAgent(definition, version, noBlobs)),
  );
  vi.resetModules();
  vi.doMock('#adapters/aws/bundled-agents.ts', () => ({ bundledAgents }));
  vi.doMock('#adapters/aws/bundled-agent-cards.ts', () => ({ bundledAgentCards }));
}

/** Of agents that are not asked to take a step. */
export const noBlobs: BlobStore = {
  put: async () => undefined,
  get: async (key) => Promise.reject(new Error(`no blob ${key}`)),
  deleteAll: async () => undefined,
};
