import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createApiKey } from '#core/tenant/api-keys.ts';
import { echoAgent } from '../builders/an-agent.ts';
import { anApi } from '../builders/an-api.ts';

const path = '/api/batches';
const Shown = z.looseObject({ id: z.string() });
const Page = z.object({ batches: z.array(Shown), nextCursor: z.string().nullable() });

async function threeBatches() {
  const api = await anApi({ agents: [echoAgent()] });
  const ids: string[] = [];
  for (const message of ['one', 'two', 'three']) {
    api.clock.advance(1000);
    const json = { agentId: 'echo', items: [{ message }] };
    ids.unshift(Shown.parse((await api.call({ httpMethod: 'POST', path, json })).json).id);
  }
  const page = async (query: Record<string, string>, headers?: Record<string, string>) => {
    const event = { path, queryStringParameters: query, ...(headers ? { headers } : {}) };
    const { batches, nextCursor } = Page.parse((await api.call(event)).json);
    return { ids: batches.map(({ id }) => id), batches, nextCursor };
  };
  return { ...api, ids, page };
}

describe('the list of batches', () => {
  it('shows the newest first, page by page, each as its own page shows it', async () => {
    const { ids, page, call } = await threeBatches();

    const first = await page({ limit: '2' });
    const rest = await page({ limit: '2', cursor: first.nextCursor ?? '' });

    expect([first.ids, rest.ids]).toEqual([ids.slice(0, 2), ids.slice(2)]);
    expect(rest.nextCursor).toBeNull();
    const { links } = z.looseObject({ links: z.unknown() }).parse(first.batches[0]);
    expect((await call({ path: `${path}/${ids[0]}` })).json).toMatchObject({ links });
  });

  it('is another one for another tenant', async () => {
    const { page, deps } = await threeBatches();
    const token = await createApiKey(deps, { orgId: 'beta', userId: 'ben' });

    expect(await page({}, { authorization: `Bearer ${token}` })).toMatchObject({ batches: [] });
  });

  it.each([{ limit: '0' }, { limit: '101' }, { cursor: 'x' }])(
    'is refused for %j',
    async (query) => {
      const { call } = await anApi();

      expect((await call({ path, queryStringParameters: query })).status).toBe(400);
    },
  );
});
