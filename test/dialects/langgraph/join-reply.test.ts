import { describe, expect, it } from 'vitest';
import { callerGone } from '#api/api-event.ts';
import { firstLeg } from '#api/dialects/langgraph/runs/wire-run.ts';
import { joinReply } from '#api/dialects/langgraph/streams/join-reply.ts';
import { restlessWatch } from '../../builders/an-api.ts';
import { anEngine } from '../../builders/an-engine.ts';
import { dialectDeps } from './told.ts';

/** A run that nobody works on, and whoever joins it. */
async function aJoin(cancelOnDisconnect = false) {
  const engine = await anEngine({ idle: true });
  const watching = { ...engine, deps: { ...engine.deps, watch: restlessWatch } };
  const deps = dialectDeps(watching, { limitMs: 60_000 });
  const run = await engine.submit();
  const gone = new AbortController();
  const request = { wire: firstLeg(run), signal: gone.signal, cancelOnDisconnect };
  const reply = joinReply(deps, request);
  /** Lets time pass until it has happened. */
  const pass = async <T>(happens: Promise<T>): Promise<T> => {
    let over = false;
    void happens.finally(() => {
      over = true;
    });
    while (!over) {
      engine.clock.advance(500);
      for (let turns = 0; turns < 10; turns += 1) await new Promise(setImmediate);
    }
    return happens;
  };
  return { ...engine, run, gone, reply, pass };
}

describe('who waits for a run', () => {
  it('is sent an empty line every 5 s, and told where to come back to', async () => {
    const { reply, pass, gone, run } = await aJoin();

    const { body, headers } = await pass(reply);
    if (typeof body !== 'object' || !(Symbol.asyncIterator in body)) throw new Error('no stream');
    const parts = body[Symbol.asyncIterator]();
    const lines = [await parts.next(), await pass(parts.next()), await pass(parts.next())];
    gone.abort(callerGone);
    await pass(parts.next());

    expect(lines.map(({ value }) => value)).toEqual(['\n', '\n', '\n']);
    const place = `/threads/${run.sessionId}/runs/${run.id}`;
    expect(headers).toEqual({ location: `${place}/join`, 'content-location': place });
  });

  it.each([
    ['cancels it by going where that is asked for', true, callerGone, 'CANCELLED'],
    ['leaves it at work by going else', false, callerGone, 'QUEUED'],
    ['leaves it at work where the service lets go', true, 'The service stops', 'QUEUED'],
  ])('%s', async (_, cancelOnDisconnect, reason, status) => {
    const { reach, reply, pass, gone, run } = await aJoin(cancelOnDisconnect);

    gone.abort(reason);
    await pass(reply);

    const isCancelled = status === 'CANCELLED';
    expect(await reach(run, (now) => now.status === 'CANCELLED' || !isCancelled)).toMatchObject({
      status,
    });
  });
});
