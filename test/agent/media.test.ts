import { describe, expect, it } from 'vitest';
import { scriptedModel } from '#agent/scripted-model.ts';
import type { FilePart } from '#core/session/transcript.ts';
import { type FetchedUrl, type UrlFetch, UrlFetchError } from '#core/url-fetch.ts';
import { anAgent } from '../builders/an-agent.ts';
import { AgentDriver, listeningModel } from './agent-driver.ts';

const megabyte = 1024 * 1024;

const at = (url: string, mediaType = 'image/png'): FilePart => ({
  type: 'file',
  mediaType,
  source: { type: 'url', url },
});

const stored = (blobKey: string): FilePart => ({
  type: 'file',
  mediaType: 'image/png',
  source: { type: 'blob', blobKey, sizeBytes: 3 },
});

type Attempt = Partial<FetchedUrl> | Error;

/** A run with media, where each attempt to fetch has the next of these outcomes. */
function aRun(media: readonly FilePart[], ...attempts: readonly Attempt[]) {
  const { model, heard } = listeningModel(scriptedModel(() => ({ text: 'seen' })));
  const asked: { url: string; maxBytes: number }[] = [];
  const fetchUrl: UrlFetch = async (url, { maxBytes }) => {
    const attempt = attempts[asked.length] ?? {};
    asked.push({ url, maxBytes });
    if (attempt instanceof Error) throw attempt;
    return { bytes: new Uint8Array([1, 2]), ...attempt };
  };
  const run = new AgentDriver(anAgent({ model }), { request: { media }, reach: { fetchUrl } });
  return { run, heard, asked };
}

const passing = (message: string) => new UrlFetchError(message, { isPassing: true });
const url = 'https://example.com/a%20b.png?x=1';

describe('the model is shown', () => {
  it('media as bytes, wherever they came from', async () => {
    const { run, heard } = aRun([stored('acme/session/run/media-0'), at(url)]);
    await run.blobs.put('acme/session/run/media-0', new Uint8Array([7, 8, 9]));

    await run.answer();

    const file = { type: 'file', mediaType: 'image/png' };
    expect(heard[0]?.prompt[1]?.content).toEqual([
      { type: 'text', text: 'hello' },
      { ...file, data: { type: 'data', data: Buffer.from([7, 8, 9]) } },
      { ...file, data: { type: 'data', data: Buffer.from([1, 2]) } },
    ]);
  });

  it('what was fetched when the run began, in every later step and run', async () => {
    const { run, asked } = aRun([at(url)], {}, { bytes: new Uint8Array([6, 6, 6]) });
    await run.answer();
    const { model, heard } = listeningModel(scriptedModel(() => ({ text: 'again' })));
    const later = new AgentDriver(anAgent({ model }), {
      history: run.messages,
      blobs: run.blobs,
    });

    await later.answer();

    expect(asked).toHaveLength(1);
    expect(heard[0]?.prompt[1]?.content).toMatchObject([
      {},
      { data: { type: 'data', data: Buffer.from([1, 2]) } },
    ]);
  });

  it('no URL of a transcript from before media were fetched by us', async () => {
    const { model, heard } = listeningModel(scriptedModel(() => ({ text: 'hm' })));
    const history = [{ role: 'user' as const, content: [at(url)] }];

    await new AgentDriver(anAgent({ model }), { history }).answer();

    expect(heard[0]?.prompt[1]?.content).toEqual([
      { type: 'text', text: '[image/png, not at hand]' },
    ]);
  });
});

describe('a medium at a URL', () => {
  it('is kept with the session', async () => {
    const { run } = aRun([stored('acme/session/run/media-0'), at(url)]);
    await run.blobs.put('acme/session/run/media-0', new Uint8Array([7]));

    await run.answer();

    const blobKey = `acme/session/${run.runId}/media-1`;
    expect(run.messages[0]?.content[2]).toMatchObject({ source: { blobKey, sizeBytes: 2 } });
    expect([...(await run.blobs.get(blobKey))]).toEqual([1, 2]);
  });

  it('may have 10 MB, and all of a run together 20', async () => {
    const bytes = (megabytes: number) => ({ bytes: new Uint8Array(megabytes * megabyte) });
    const { run, asked } = aRun([at(url), at(url), at(url)], bytes(8), bytes(7), bytes(5));

    await run.answer();

    expect(asked.map(({ maxBytes }) => maxBytes / megabyte)).toEqual([10, 10, 5]);
  });

  it.each([1, 2])('that fails %d times for a moment is fetched again', async (failures) => {
    const attempts = Array.from({ length: failures }, () => passing('answers 503'));
    const { run, asked } = aRun([at(url)], ...attempts);

    expect(await run.answer()).toBe('seen');
    expect(asked).toHaveLength(failures + 1);
  });

  it.each([
    ['for good', [new UrlFetchError('answers 404')], 1],
    ['three times', [1, 2, 3].map(() => passing('answers 404')), 3],
  ])('that fails %s ends the run, saying which and why', async (_, attempts, made) => {
    const { run, asked, heard } = aRun([at(url)], ...attempts);

    expect(await run.drive()).toEqual({
      kind: 'fail',
      error: { code: 'agent_error', message: `media[0]: ${url}: answers 404.` },
    });
    expect(asked).toHaveLength(made);
    expect(heard).toEqual([]);
  });

  it('that fails for a reason of ours is a reason to take the step again', async () => {
    const { run } = aRun([at(url)], new Error('a bug'));

    await expect(run.step()).rejects.toThrow('a bug');
  });

  it('is not fetched where nothing is', async () => {
    const run = new AgentDriver(anAgent({}), { request: { media: [at(url)] } });

    expect(await run.drive()).toMatchObject({
      error: { code: 'agent_error', message: expect.stringContaining('send the bytes') },
    });
  });

  it('is no failure of the run when that is cancelled meanwhile', async () => {
    const stop = new AbortController();
    const fetchUrl: UrlFetch = async () => {
      stop.abort(new Error('cancelled'));
      throw passing('broke off');
    };
    const run = new AgentDriver(anAgent({}), {
      request: { media: [at(url)] },
      reach: { fetchUrl },
      signal: stop.signal,
    });

    await expect(run.step()).rejects.toThrow('cancelled');
  });

  it.each([
    ['image/png', 'image/png'],
    ['image/png', 'image/jpeg'],
    ['image/PNG', 'image/png'],
    ['image/png', undefined],
    ['image/png', 'application/octet-stream'],
    ['text/csv', 'text/plain'],
    ['text/html', 'text/html'],
    ['application/pdf', 'application/pdf'],
  ])('said to be %s may be served as %s', async (mediaType, answered) => {
    const { run } = aRun([at(url, mediaType)], answered ? { mediaType: answered } : {});

    expect(await run.answer()).toBe('seen');
  });

  it.each([
    ['image/png', 'text/html'],
    ['image/png', 'application/json'],
    ['text/plain', 'text/html'],
    ['audio/wav', 'video/mp4'],
    ['application/pdf', 'application/json'],
    ['application/pdf', 'text/html'],
  ])('said to be %s may not be served as %s', async (mediaType, answered) => {
    const { run } = aRun([at(url, mediaType)], { mediaType: answered });

    expect(await run.drive()).toMatchObject({
      error: { message: `media[0]: ${url}: is ${answered}, not ${mediaType}.` },
    });
  });
});
