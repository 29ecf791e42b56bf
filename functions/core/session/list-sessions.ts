import type { RunDeps } from '../run/deps.ts';
import { sessionIdOf, sessionKey, sessionsPartition } from '../store/keys.ts';
import { Session } from './session.ts';

type Deps = Pick<RunDeps, 'store'>;

const keysPerQuery = 200;

/** Every session of the tenant, the newest first, some at a time; with `ids` those alone. */
export async function* listSessions(
  deps: Deps,
  orgId: string,
  ids?: readonly string[],
): AsyncGenerator<readonly Session[]> {
  if (ids) {
    yield await readSessions(deps, orgId, [...new Set(ids)]);
    return;
  }
  for (let before: string | undefined; ; ) {
    const keys = await deps.store.queryKeys({
      index: 'tenant',
      pk: sessionsPartition(orgId),
      ...(before === undefined ? {} : { before }),
      order: 'descending',
      limit: keysPerQuery,
    });
    yield await readSessions(deps, orgId, keys.map(sessionIdOf));
    before = keys.at(-1)?.sk;
    if (keys.length < keysPerQuery) return;
  }
}

async function readSessions(
  { store }: Deps,
  orgId: string,
  ids: readonly string[],
): Promise<Session[]> {
  const items = await store.getMany(ids.map((sessionId) => sessionKey({ orgId, sessionId })));
  return items
    .flatMap((item) => (item ? [Session.parse(item.value)] : []))
    .filter(({ deletedAt }) => deletedAt === undefined);
}
