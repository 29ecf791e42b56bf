import type { LanguageModelV4 } from '@ai-sdk/provider';
import type { AgentMaker } from '../agent-declaration.ts';
import type { AgentDefinition, ToolDefinition } from '../define-agent.ts';
import { loopOf, makeAgent } from '../make-agent.ts';
import { stepRemote } from './step-remote.ts';

type Headers = Readonly<Record<string, string>>;

export interface RemoteAgentDefinition
  extends Pick<
    AgentDefinition,
    | 'id'
    | 'name'
    | 'description'
    | 'instructions'
    | 'available'
    | 'accepts'
    | 'organisations'
    | 'limits'
  > {
  /** `http:` or `https:`; each step is posted to it. */
  readonly endpoint: string;
  /** Sent along, with a token for example. */
  readonly headers?: Headers | (() => Headers | Promise<Headers>);
  /** Of one attempt. @default 60 */
  readonly timeoutSeconds?: number;
  /** Where it cannot be reached, takes too long or answers 408, 425, 429 or 5xx. @default 4 */
  readonly retries?: number;
  /** Those that it may ask to be called here. @default - none */
  readonly tools?: readonly ToolDefinition[];
}

const firstWaitMs = 250;

/**
 * An agent that another service is: each step is one request to it. It is as durable as the others:
 * its state is a checkpoint, its tools run here, and it may wait for a person.
 */
export function remoteAgent(remote: RemoteAgentDefinition): AgentMaker {
  const { endpoint: url, headers = {}, timeoutSeconds = 60, retries = 4, ...rest } = remote;
  const definition: AgentDefinition = { ...rest, model: noModel };
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw new Error(`the endpoint ${url} is no http or https URL`);
  const endpoint = {
    url,
    timeoutSeconds,
    retries,
    firstWaitMs,
    headers: async () => (typeof headers === 'function' ? headers() : headers),
  };
  return {
    id: remote.id,
    ...(remote.available ? { available: remote.available } : {}),
    make: (workshop) => {
      const { version, blobs, reach } = workshop;
      const loop = loopOf(definition, workshop);
      return {
        ...makeAgent(definition, version, blobs, reach),
        step: (input) => stepRemote({ loop, endpoint }, input),
      };
    },
  };
}

const none = () => Promise.reject(new Error('A remote agent has no model of its own here'));

const noModel: LanguageModelV4 = {
  specificationVersion: 'v4',
  provider: 'remote',
  modelId: 'remote',
  supportedUrls: {},
  doGenerate: none,
  doStream: none,
};
