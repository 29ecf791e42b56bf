import { Client as Client2 } from '@langchain/langgraph-sdk';
import { Client as Client1 } from 'langgraph-sdk-v1';
import { expect, it } from 'vitest';
import { systemClock } from '#adapters/system-clock.ts';
import { headerOf } from '#api/api-event.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import { streamReply } from '#api/dialects/langgraph/streams/stream-reply.ts';
import { hasEnded } from '#core/run/run.ts';
import { getRun, keyOf } from '#core/run/run-repository.ts';
import { workingAgent } from '../../builders/an-agent.ts';
import { anEngine } from '../../builders/an-engine.ts';
import { collect } from '../../builders/collect.ts';
import { aResult, aServer } from '../a-server.ts';
import { aStreamRequest, dialectDeps, toldOf } from './told.ts';

/** A run that takes its time, on a server that lets nobody read as long as that. */
async function aSlowRun(waiting: Partial<DialectDeps['waiting']>) {
  const work = () => new Promise<void>((resolve) => setTimeout(resolve, 400));
  const engine = await anEngine({
    agents: [workingAgent(work)],
    clock: { ...systemClock, advance: () => undefined },
  });
  const run = await engine.submit({ agentId: 'worker', message: 'safe risky safe' });
  const deps = dialectDeps(engine, waiting);
  let connections = 0;
  const { url } = await aServer(async (event) => {
    if (!event.path.endsWith('/stream')) {
      const status = hasEnded(await getRun(deps, keyOf(run))) ? 'success' : 'running';
      return aResult({ body: JSON.stringify({ status }) });
    }
    connections += 1;
    const request = aStreamRequest(run, {
      lastEventId: headerOf(event, 'last-event-id'),
      userAgent: headerOf(event, 'user-agent'),
    });
    const { body, headers = {} } = streamReply(deps, request);
    if (typeof body === 'string' || body === undefined) throw new Error('This is no stream');
    return aResult({ headers: { ...headers }, body: (await collect(body)).join('') });
  });
  return { engine, run, url, connections: () => connections };
}

it.each([
  ['2.0.0', Client2],
  ['1.15.0', Client1],
])('gives the JavaScript SDK %s all of a run that outlasts its connection', async (_, Client) => {
  const { engine, run, url, connections } = await aSlowRun({ streaming: false, limitMs: 300 });
  const client = new Client({ apiUrl: url, apiKey: null });
  const read: { event: string; data: unknown; id: string | undefined }[] = [];

  for await (const { event, data, id } of client.runs.joinStream(run.sessionId, run.id))
    if (event !== '') read.push({ event, data, id });

  const whole = (await toldOf(engine, aStreamRequest(run))).map(({ event, data, id }) => ({
    event,
    data,
    id,
  }));
  const told = read.filter((part, i) => part.id !== read[i - 1]?.id);
  expect(connections()).toBeGreaterThan(1);
  expect(told).toEqual(whole);
});
