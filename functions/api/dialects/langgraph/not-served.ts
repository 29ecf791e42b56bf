import { ApiError } from '#api/api-error.ts';
import type { Contract, Operation, Operations } from '#api/contract.ts';

const assistants =
  'Assistants are the agents that the service declares in code: they are changed there, and have one version.';
const crons = 'Crons are not served: a schedule of /api/schedules submits the runs.';
const store = 'The store is not served: the tools of an agent keep what they have to remember.';

const protocol =
  'This streaming protocol is not served: the SDK speaks the other one unless it is told to speak this.';
const threadStream = 'A thread has no stream of its own: join the stream of one of its runs.';

/** What LangGraph's server has and this one has not, said in words instead of a bare 404. */
const refusals: readonly [Operation['method'], Operation['path'], string][] = [
  ['POST', '/assistants', assistants],
  ['PATCH', '/assistants/{assistantId}', assistants],
  ['DELETE', '/assistants/{assistantId}', assistants],
  ['POST', '/assistants/{assistantId}/versions', assistants],
  ['POST', '/assistants/{assistantId}/latest', assistants],
  ['POST', '/runs/crons', crons],
  ['POST', '/runs/crons/search', crons],
  ['POST', '/runs/crons/count', crons],
  ['PATCH', '/runs/crons/{cronId}', crons],
  ['DELETE', '/runs/crons/{cronId}', crons],
  ['POST', '/threads/{threadId}/runs/crons', crons],
  ['GET', '/threads/{threadId}/stream', threadStream],
  ['POST', '/threads/{threadId}/stream/events', protocol],
  ['POST', '/threads/{threadId}/commands', protocol],
  ['PUT', '/store/items', store],
  ['GET', '/store/items', store],
  ['DELETE', '/store/items', store],
  ['POST', '/store/items/search', store],
  ['POST', '/store/namespaces', store],
];

export const notServedContract: Contract = Object.fromEntries(
  refusals.map(([method, path]) => [`${method} ${path}`, { method, path, status: 200 }]),
);

/** A status that no client takes for something that passes. */
export const notServedOperations: Operations<Contract> = Object.fromEntries(
  refusals.map(([method, path, why]) => [
    `${method} ${path}`,
    async () => {
      throw new ApiError('method_not_allowed', why);
    },
  ]),
);
