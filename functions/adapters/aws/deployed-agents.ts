import { guardedFetch } from '#adapters/guarded-fetch/guarded-fetch.ts';
import { makeAgent } from '#agent/make-agent.ts';
import type { ModelKeys } from '#agent/models/model-keys.ts';
import { ModelRegistry } from '#agent/models/model-registry.ts';
import type { Agents } from '#core/run/agents.ts';
import type { BlobStore } from '#core/store/blob-store.ts';
import { directoryOf } from './agent-directory.ts';
import { bundledAgents } from './bundled-agents.ts';

/** The agents that were deployed, with their code. */
export function deployedAgents(blobs: BlobStore, keys: ModelKeys): Agents {
  const reach = { registry: new ModelRegistry(keys), fetchUrl: guardedFetch() };
  return directoryOf(
    bundledAgents.map(({ definition, version }) => makeAgent(definition, version, blobs, reach)),
  );
}
