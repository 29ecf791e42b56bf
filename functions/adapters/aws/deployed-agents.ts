import { makeAgent } from '#agent/make-agent.ts';
import type { Agents } from '#core/run/agents.ts';
import type { BlobStore } from '#core/store/blob-store.ts';
import { directoryOf } from './agent-directory.ts';
import { bundledAgents } from './bundled-agents.ts';

/** The agents that were deployed, with their code. */
export const deployedAgents = (blobs: BlobStore): Agents =>
  directoryOf(
    bundledAgents.map(({ definition, version }) => makeAgent(definition, version, blobs)),
  );
