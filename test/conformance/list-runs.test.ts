import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { aQueuedRun, aSession, finance, ops, question } from './agents.ts';
import { type Client, them, us } from './client.ts';
import { eventually } from './eventually.ts';
import { cancel, type Run, statusOf, submit, untilIs } from './runs.ts';
import { RunPage as Page, type RunPage, type RunView } from './wire-of-longrun.ts';

const bare = ({ id }: Run) => id.replace('run_', '');
const idsOf = (runs: readonly RunView[]) => runs.map(({ id }) => id);

const page = async (client: Client, query: Record<string, string>): Promise<RunPage> =>
  (await client.call(Page, 'GET', `/api/runs?${new URLSearchParams(query)}`)).body;

/** All pages; one may be short, even empty, and still not be the last. */
async function list(client: Client, query: Record<string, string>): Promise<RunView[]> {
  const runs: RunView[] = [];
  let cursor: string | null = null;
  do {
    const next: RunPage = await page(client, { ...query, ...(cursor ? { cursor } : {}) });
    runs.push(...next.runs);
    cursor = next.nextCursor;
  } while (cursor !== null);
  return runs;
}

/** A list may show a run a little later than it can be found by its id. */
const untilListed = (query: Record<string, string>, expected: readonly Run[]) =>
  eventually('the runs are listed', async () => {
    const listed = idsOf(await list(us, query));
    return expected.every((run) => listed.includes(bare(run))) || undefined;
  });

describe('the list of runs', () => {
  const sessionId = aSession();
  const userId = `user-${randomUUID()}`;
  let runs: Run[];

  beforeAll(async () => {
    const ofSession = await submit(us, finance, { message: question, sessionId, userId });
    const ofUser = await submit(us, finance, { message: question, userId });
    const ofOtherAgent = await submit(us, ops, { message: 'List the tables.', sessionId, userId });
    runs = [ofSession, ofUser, ofOtherAgent];
    await Promise.all(runs.map((run) => untilIs(us, run, 'COMPLETED')));
    await untilListed({ userId, status: 'COMPLETED', limit: '100' }, runs);
  });

  const listed = async (query: Record<string, string>) => {
    const ids = idsOf((await page(us, query)).runs);
    return runs.map((run) => ids.indexOf(bare(run)));
  };

  it.each([
    ['a user, newest first', () => ({ userId }), [2, 1, 0]],
    ['a session', () => ({ sessionId }), [1, -1, 0]],
    ['an agent and a user', () => ({ agentId: finance, userId }), [1, 0, -1]],
    ['an agent and a session', () => ({ agentId: ops, sessionId }), [-1, -1, 0]],
    ['one status', () => ({ userId, status: 'COMPLETED' }), [2, 1, 0]],
    ['several statuses', () => ({ userId, status: 'FAILED,COMPLETED,PAUSED' }), [2, 1, 0]],
    ['another status', () => ({ sessionId, status: 'CANCELLED' }), [-1, -1, -1]],
    ['at most so many', () => ({ userId, limit: '1' }), [-1, -1, 0]],
    ['nobody', () => ({ sessionId, userId: `user-${randomUUID()}` }), [-1, -1, -1]],
  ])('can be narrowed to %s', async (_, query, places) => {
    expect(await listed(query())).toEqual(places);
  });

  it('shows each run as its own page shows it, but for the output', async () => {
    const { runs: shown } = await page(us, { sessionId });

    for (const run of shown) {
      const detail = await us.send('GET', run.links.self);
      expect(await detail.json()).toMatchObject(run);
    }
    expect(shown).not.toEqual([]);
  });

  it('shows a tenant nothing of another, with and without filters', async () => {
    const queries = [{}, { userId }, { sessionId }, { agentId: finance }];

    const pages = await Promise.all(queries.map((query) => page(them, { ...query, limit: '100' })));

    const theirs = pages.flatMap((one) => idsOf(one.runs));
    expect(theirs.filter((id) => runs.map(bare).includes(id))).toEqual([]);
  });

  it('tells the statuses apart', async () => {
    const { queued, blocker } = await aQueuedRun(us);
    const { sessionId: shared } = await statusOf(us, queued);
    await cancel(us, queued);
    await cancel(us, blocker);
    await untilListed({ sessionId: shared, status: 'CANCELLED' }, [queued, blocker]);

    expect(await list(us, { sessionId: shared, status: 'QUEUED,RUNNING' })).toEqual([]);
  });
});

it('pages through runs without gaps or doubles while new ones come', async () => {
  const sessionId = aSession();
  const submitOne = () => submit(us, finance, { message: question, sessionId });
  const before = [];
  for (let i = 0; i < 11; i += 1) before.push(await submitOne());
  await untilListed({ sessionId }, before);
  const query = { sessionId, limit: '3' };

  const listed: string[] = [];
  let { runs, nextCursor } = await page(us, query);
  listed.push(...idsOf(runs));
  while (nextCursor !== null) {
    await submitOne();
    ({ runs, nextCursor } = await page(us, { ...query, cursor: nextCursor }));
    listed.push(...idsOf(runs));
  }

  expect(listed).toEqual(before.map(bare).toReversed());
});

it.each([
  ['limit', '0'],
  ['limit', '101'],
  ['limit', 'ten'],
  ['limit', '1.5'],
  ['cursor', 'no cursor of ours!'],
  ['status', 'DONE'],
  ['status', 'COMPLETED,DONE'],
  ['sessionId', 'not-a-uuid'],
])('refuses the query %s=%s with 400', async (name, value) => {
  const query = new URLSearchParams({ [name]: value });

  const { body } = await us.refused(400, 'GET', `/api/runs?${query}`);

  expect(body.invalidParams?.[0]?.name.startsWith(name)).toBe(true);
});
