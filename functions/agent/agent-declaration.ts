import type { Agent } from '#core/run/agents.ts';
import type { BlobStore } from '#core/store/blob-store.ts';
import type { AgentDefinition } from './define-agent.ts';
import type { ModelAccess } from './models/model-access.ts';

/** What an agent is made with. */
export interface Workshop {
  /** Changes whenever the declaration does. */
  readonly version: string;
  readonly blobs: BlobStore;
  /** @default - the keys of the environment */
  readonly access?: Partial<ModelAccess>;
}

/** An agent whose steps are not those of one model with its tools. */
export interface AgentMaker {
  readonly id: string;
  readonly available?: () => boolean;
  /** @throws Error where the declaration makes no sense */
  make(workshop: Workshop): Agent;
}

export type AgentDeclaration = AgentDefinition | AgentMaker;
