import type { Agent } from '#core/run/agents.ts';
import type { BlobStore } from '#core/store/blob-store.ts';
import type { UrlFetch } from '#core/url-fetch.ts';
import type { AgentDefinition } from './define-agent.ts';
import type { ModelAccess } from './models/model-access.ts';
import type { SecretReader } from './secrets.ts';

/** What an agent's runs reach beyond this process. */
export interface AgentReach extends Partial<ModelAccess> {
  /** Of media that callers give as URLs. @default - such a run fails */
  readonly fetchUrl?: UrlFetch;
  /** For requests to MCP servers and remote agents. @default - the environment */
  readonly secret?: SecretReader;
}

/** What an agent is made with. */
export interface Workshop {
  /** Changes whenever the declaration does. */
  readonly version: string;
  readonly blobs: BlobStore;
  /** @default - models by the keys of the environment */
  readonly reach?: AgentReach;
}

/** An agent whose steps are not those of one model with its tools. */
export interface AgentMaker {
  readonly id: string;
  readonly available?: () => boolean;
  /** @throws Error where the declaration makes no sense */
  make(workshop: Workshop): Agent;
}

export type AgentDeclaration = AgentDefinition | AgentMaker;
