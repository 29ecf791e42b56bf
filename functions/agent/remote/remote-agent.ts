import type { LanguageModelV4 } from '@ai-sdk/provider';
import type { AgentMaker } from '../agent-declaration.ts';
import type { AgentDefinition, ToolDefinition } from '../define-agent.ts';
import { loopOf, makeAgent } from '../make-agent.ts';
import type { RequestHeaders } from '../request-headers.ts';
import { environmentSecret, type SecretReader } from '../secrets.ts';
import { httpTransport } from './http-transport.ts';
import { lambdaTransport } from './lambda-transport.ts';
import type { RemoteTransport } from './remote-transport.ts';
import { stepRemote } from './step-remote.ts';

/** Exactly one of the two. */
type RemotePlace =
  | {
      /** `http:` or `https:`; each step is posted to it. */
      readonly endpoint: string;
      /** Sent along, with a token for example. @default - none */
      readonly headers?: RequestHeaders;
      readonly lambda?: never;
    }
  | {
      /** ARN of a Lambda function; each step is one synchronous Invoke. */
      readonly lambda: string;
      readonly endpoint?: never;
      readonly headers?: never;
    };

type RemoteAgentSettings = Pick<
  AgentDefinition,
  | 'id'
  | 'name'
  | 'description'
  | 'instructions'
  | 'available'
  | 'accepts'
  | 'organisations'
  | 'limits'
  | 'approvals'
> & {
  /** Of one attempt, 300 at most. @default 60 */
  readonly timeoutSeconds?: number;
  /**
   * Where it cannot be reached, takes too long or answers 408, 425, 429 or 5xx; a Lambda function
   * also where it throws. @default 4
   */
  readonly retries?: number;
  /** Those that it may ask to be called here. @default - none */
  readonly tools?: readonly ToolDefinition[];
};

export type RemoteAgentDefinition = RemoteAgentSettings & RemotePlace;

const firstWaitMs = 250;
/** Node's fetch waits no longer for an answer to begin. */
const longestTimeoutSeconds = 300;

/**
 * An agent that another service is: each step is one request to it. It is as durable as the others:
 * its state is a checkpoint, its tools run here, and it may wait for a person.
 * @throws Error where it is not to be reached as declared
 */
export function remoteAgent(remote: RemoteAgentDefinition): AgentMaker {
  const { endpoint: _, lambda, headers: __, timeoutSeconds = 60, retries = 4, ...rest } = remote;
  const definition: AgentDefinition = { ...rest, model: noModel };
  if (!(timeoutSeconds > 0 && timeoutSeconds <= longestTimeoutSeconds))
    throw new Error(`timeoutSeconds must be more than 0 and at most ${longestTimeoutSeconds}`);
  transportOf(remote, environmentSecret);
  return {
    id: remote.id,
    ...(remote.available ? { available: remote.available } : {}),
    make: (workshop) => {
      const { version, blobs, reach } = workshop;
      const loop = loopOf(definition, workshop);
      const transport = transportOf(remote, reach?.secret ?? environmentSecret);
      const endpoint = { transport, timeoutSeconds, retries, firstWaitMs };
      return {
        ...makeAgent(definition, version, blobs, reach),
        ...(lambda === undefined ? {} : { functionArn: lambda }),
        step: (input) => stepRemote({ loop, endpoint }, input),
      };
    },
  };
}

/** @throws Error */
function transportOf(
  { endpoint, lambda, headers = {} }: RemoteAgentDefinition,
  secret: SecretReader,
): RemoteTransport {
  if ((endpoint === undefined) === (lambda === undefined))
    throw new Error('a remote agent has either an endpoint or a lambda');
  return lambda === undefined
    ? httpTransport(endpoint ?? '', headers, secret)
    : lambdaTransport(lambda);
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
