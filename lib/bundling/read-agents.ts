import { existsSync } from 'node:fs';
import { AgentFiles } from '#adapters/embedded/agent-files.ts';
import type { PlaybookSource } from '#adapters/embedded/playbook-file.ts';
import { AgentCard } from '#core/run/agents.ts';
import type { BlobStore } from '#core/store/blob-store.ts';

export interface DeclaredAgent {
  readonly file: string;
  readonly card: AgentCard;
  /** Where the file is YAML. */
  readonly source: PlaybookSource | undefined;
}

/**
 * Loads the agents of a folder to know their cards; their code runs as far as it declares them.
 * @throws Error naming the file that cannot be served
 */
export async function readAgents(folder: string): Promise<readonly DeclaredAgent[]> {
  if (!existsSync(folder)) throw new Error(`There is no folder ${folder} with agents.`);
  const files = new AgentFiles({ folder, blobs: noBlobs, log: () => {} });
  await files.load();
  return files
    .declared()
    .map(({ file, agent, source }) => ({ file, source, card: AgentCard.parse(agent) }));
}

const none = async () => {
  throw new Error('An agent reads blobs when it runs, not when it is declared.');
};
const noBlobs: BlobStore = { put: none, get: none, deleteAll: none };
