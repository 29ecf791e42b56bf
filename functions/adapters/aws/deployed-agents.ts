import { guardedFetch } from '#adapters/guarded-fetch/guarded-fetch.ts';
import { makeAgent } from '#agent/make-agent.ts';
import { ModelRegistry } from '#agent/models/model-registry.ts';
import type { Agents } from '#core/run/agents.ts';
import type { RunDeps } from '#core/run/deps.ts';
import type { BlobStore } from '#core/store/blob-store.ts';
import { directoryOf } from './agent-directory.ts';
import { bundledAgents } from './bundled-agents.ts';
import type { DeployedSecrets } from './deployed-secrets.ts';

/** The agents that were deployed, with their code. */
export function deployedAgents(
  blobs: BlobStore,
  { keys, secret }: DeployedSecrets,
  log: RunDeps['log'],
): Agents {
  const reach = { registry: new ModelRegistry(keys), fetchUrl: guardedFetch(), secret, log };
  return directoryOf(
    bundledAgents.map(({ definition, version }) => makeAgent(definition, version, blobs, reach)),
  );
}
