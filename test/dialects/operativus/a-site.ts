import type { AgentDefinition } from '#agent/define-agent.ts';
import type { WaitSettings } from '#api/dialect-deps.ts';
import { createUser } from '#core/tenant/users.ts';
import { workingAgent } from '../../builders/an-agent.ts';
import { anApi } from '../../builders/an-api.ts';
import { aServer } from '../a-server.ts';
import { OwnClient } from './own-client.ts';

export const password = 'correct horse battery';

interface SiteOptions {
  readonly agent?: Partial<AgentDefinition>;
  readonly waiting?: Partial<WaitSettings>;
}

/** A service over HTTP with an agent `worker`, and Operativus' client logged in as ann. */
export async function aSite({ agent = {}, waiting = { streaming: true } }: SiteOptions = {}) {
  const api = await anApi({ agents: [workingAgent(() => undefined, agent)], waiting });
  const server = await aServer((event) => api.ask(event));
  const logInAs = async (username: string, groups: string[] = [], orgId = 'acme') => {
    const user = { username, orgId, email: `${username}@example.com`, groups, password };
    await createUser(api.deps, user);
    const client = new OwnClient(server.url);
    await client.logIn(username, password);
    return client;
  };
  return { ...api, url: server.url, logInAs, ann: await logInAs('ann') };
}
