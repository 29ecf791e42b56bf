import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WaitSettings } from '#api/dialect-deps.ts';
import { rawEvents } from '#api/dialects/longrun/runs/raw-events.ts';
import { toEventStream } from '#api/event-stream.ts';
import type { RunEvent } from '#core/run/run-event.ts';
import { anAgent, workingAgent } from '../builders/an-agent.ts';
import { anApi, devToken, restlessWatch } from '../builders/an-api.ts';
import { collect } from '../builders/collect.ts';

interface Frame {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
  readonly retry?: string;
}

/** As a browser reads it: https://html.spec.whatwg.org/multipage/server-sent-events.html */
function framesOf(text: string): Frame[] {
  const frames: Frame[] = [];
  let fields: Record<string, string> = {};
  for (const line of text.split(/\r\n|\n|\r/)) {
    const [, name = '', value = ''] = /^([^:]*)(?::[ ]?(.*))?$/su.exec(line) ?? [];
    if (line === '') {
      if (Object.keys(fields).length > 0) frames.push(fields);
      fields = {};
    } else if (name === 'data' && fields['data'] !== undefined) fields['data'] += `\n${value}`;
    else if (name !== '') fields[name] = value;
  }
  return frames;
}

const textOf = async (...batches: RunEvent[][]) =>
  (
    await collect(
      toEventStream(
        (async function* () {
          yield* batches;
        })(),
        rawEvents,
        3000,
      ),
    )
  ).join('');

const delta = (seq: number, text: string): RunEvent => ({
  seq,
  at: 0,
  type: 'text.delta',
  data: { text },
});

describe('events on the wire', () => {
  it('are numbered, named, and one line of JSON', async () => {
    const frames = framesOf(await textOf([delta(1, 'a'), delta(2, 'b')], [delta(3, 'c')]));

    expect(frames.slice(1)).toEqual(
      ['a', 'b', 'c'].map((text, i) => ({
        id: `${i + 1}`,
        event: 'text.delta',
        data: JSON.stringify({
          seq: i + 1,
          at: '1970-01-01T00:00:00.000Z',
          type: 'text.delta',
          data: { text },
        }),
      })),
    );
  });

  it('say first when to come back', async () => {
    expect(framesOf(await textOf())).toEqual([{ retry: '3000' }]);
  });

  it('come as comments when there are none', async () => {
    expect(await textOf([], [])).toMatch(/: ping\n\n: ping\n\n$/);
    expect(framesOf(await textOf([], []))).toHaveLength(1);
  });

  it.each([
    'a\nb',
    'a\r\nb\r',
    'data: x\n\nid: 9\n\n',
    '"quoted" \\ \u0000',
    ': x',
    '\u2028',
    '👩‍👩‍👧',
    '',
  ])('carry %j as it is', async (text) => {
    const [, frame] = framesOf(await textOf([delta(1, text)]));

    expect(JSON.parse(frame?.data ?? '')).toMatchObject({ data: { text } });
  });

  it('carry any text as it is', async () => {
    const texts = fc.array(fc.string({ unit: 'binary' }), { maxLength: 5 });

    await fc.assert(
      fc.asyncProperty(texts, async (all) => {
        const frames = framesOf(await textOf(all.map((text, i) => delta(i, text))));

        expect(frames.slice(1).map(({ data }) => JSON.parse(data ?? '').data.text)).toEqual(all);
      }),
    );
  });
});

describe('the events of a run', () => {
  const says = 'line one\nline "two"';

  async function anEndedRun() {
    const api = await anApi({ agents: [anAgent({ script: () => ({ text: says }) })] });
    const run = await api.submit({ agentId: 'agent' });
    await api.reach(run, ({ status }) => status === 'COMPLETED');
    const read = (lastEventId?: string) =>
      api.call({
        path: `/api/runs/${run.id}/events`,
        headers: {
          authorization: `Bearer ${devToken}`,
          ...(lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }),
        },
      });
    return { ...api, run, read };
  }

  const idsOf = (text: string) => framesOf(text).flatMap(({ id }) => (id ? [Number(id)] : []));

  it('come from the first to the last, and then the stream ends', async () => {
    const { read } = await anEndedRun();

    const { status, headers, text } = await read();

    const frames = framesOf(text).slice(1);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
    });
    expect(idsOf(text)).toEqual(frames.map((_, i) => i + 1));
    expect(frames.at(-1)?.event).toBe('run.completed');
    expect(text).toContain(JSON.stringify(says).slice(1, -1));
  });

  it.each(['0', '1', '3'])('go on after number %s', async (after) => {
    const { read } = await anEndedRun();
    const all = idsOf((await read()).text);

    expect(idsOf((await read(after)).text)).toEqual(all.slice(Number(after)));
  });

  it('are none, and end at once, after the last', async () => {
    const { read } = await anEndedRun();
    const last = idsOf((await read()).text).at(-1);

    expect(idsOf((await read(`${last}`)).text)).toEqual([]);
    expect(idsOf((await read('999999999')).text)).toEqual([]);
  });

  it.each(['x', '-1', '1.5', '1e3', '9999999999'])('cannot go on after "%s"', async (after) => {
    const { read } = await anEndedRun();

    expect(await read(after)).toMatchObject({
      status: 400,
      json: { invalidParams: [{ name: 'Last-Event-ID' }] },
    });
  });

  it('are not there where the run is not', async () => {
    const { call } = await anEndedRun();

    expect(await call({ path: '/api/runs/none/events' })).toMatchObject({ status: 404 });
  });
});

describe('a reader of a run at work', () => {
  async function aReader(waiting: Partial<WaitSettings> = { streaming: true }) {
    const { promise: letGo, resolve: release } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const api = await anApi({
      agents: [
        workingAgent(() => {
          begin();
          return letGo;
        }),
      ],
      waiting,
      deps: { watch: restlessWatch },
    });
    const run = await api.submit({ agentId: 'worker', message: 'safe' });
    await begun;
    const gone = new AbortController();
    const { stream } = await api.ask({ path: `/api/runs/${run.id}/events`, gone: gone.signal });
    const parts = stream?.[Symbol.asyncIterator]();
    const next = async () => (await parts?.next())?.value;
    /** All that comes until this does. */
    const readTo = async (sign: string) => {
      let text = '';
      while (!text.includes(sign)) {
        const part = await next();
        if (part === undefined) throw new Error(`The stream ends before ${sign}: ${text}`);
        text += part;
      }
      return text;
    };
    return { ...api, next, readTo, gone, release };
  }

  it('is given what there is at once, and the rest as it comes', async () => {
    const { next, readTo, release } = await aReader();

    const early = await readTo('event: run.started');
    release();
    const late = await readTo('event: run.completed');

    const ids = framesOf(early + late).flatMap(({ id }) => (id ? [Number(id)] : []));
    expect(ids).toEqual(ids.map((_, i) => i + 1));
    expect(await next()).toBeUndefined();
  });

  it('is given a sign of life every 15 s while nothing happens', async () => {
    const { next, readTo, clock } = await aReader();
    await readTo('event: run.started');
    const signs: string[] = [];

    for (let i = 0; i < 2; i += 1) {
      const sign = next();
      clock.advance(15_000);
      signs.push(await sign);
    }

    expect(signs).toEqual([': ping\n\n', ': ping\n\n']);
  });

  it('is sent away after the time that a stream may last, to come back for the rest', async () => {
    const { next, readTo, clock } = await aReader({ streaming: true, streamLimitMs: 60_000 });
    await readTo('event: run.started');
    const end = next();

    clock.advance(60_000);

    expect([await end, await next()]).toEqual([': ping\n\n', undefined]);
  });

  it('gets what there is and is sent for more, where nothing leaves before the end', async () => {
    const { next, readTo } = await aReader({ streaming: false });

    const text = await readTo('event: run.started');

    expect(text).toContain('retry: 100\n');
    expect(await next()).toBeUndefined();
  });

  it('ends the stream by going', async () => {
    const { next, readTo, gone } = await aReader();
    await readTo('event: run.started');
    const waiting = next();

    gone.abort();

    expect(await waiting).toBeUndefined();
  });
});
