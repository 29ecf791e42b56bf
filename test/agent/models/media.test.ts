import { describe, expect, it } from 'vitest';
import { downloadMedia } from '#agent/models/download-media.ts';
import { ModelError } from '#agent/models/model-error.ts';
import type { FilePart, Message } from '#core/session/transcript.ts';
import { anAgent } from '../../builders/an-agent.ts';
import { AgentDriver } from '../agent-driver.ts';
import { fakeProviders, modelIds } from './fake-providers.ts';

const providers = fakeProviders({
  match: { userMessage: 'look' },
  response: { content: 'I see.' },
});

const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const url = 'https://example.com/pixel.png?signature=1';
const image = (source: FilePart['source']): FilePart => ({
  type: 'file',
  mediaType: 'image/png',
  source,
});

const fetched: string[] = [];
const download = async (from: string) => {
  fetched.push(from);
  return pixel;
};

const sent = () => JSON.stringify(providers.front.requests[0]?.body);

describe.each(Object.entries(modelIds))('an image reaches %s', (name, model) => {
  it('as bytes', async () => {
    providers.front.meet();
    const source = { type: 'blob', blobKey: 'acme/run/0', sizeBytes: pixel.length } as const;
    const run = new AgentDriver(anAgent({ model }), {
      access: providers.access(),
      request: { message: 'look', media: [image(source)] },
    });
    await run.blobs.put('acme/run/0', pixel);

    expect(await run.answer()).toBe('I see.');
    expect(sent()).toContain(pixel.toString('base64'));
  });

  it('by its URL, which is fetched here where the provider does not fetch it', async () => {
    providers.front.meet();
    fetched.length = 0;
    const run = new AgentDriver(anAgent({ model }), {
      access: { ...providers.access(), download },
      request: { message: 'look', media: [image({ type: 'url', url })] },
    });

    expect(await run.answer()).toBe('I see.');
    const fetches = ['anthropic', 'openai'].includes(name);
    expect(fetched).toEqual(fetches ? [] : [url]);
    expect(sent()).toContain(fetches ? url : pixel.toString('base64'));
  });
});

describe('media that cannot be fetched', () => {
  const gone = () => Promise.reject(new ModelError('The media cannot be fetched: 403'));
  const access = () => ({ ...providers.access(), download: gone });
  const media = [image({ type: 'url', url })];
  const agent = anAgent({ model: modelIds.bedrock });

  it('fail the run that asks about them', async () => {
    const run = new AgentDriver(agent, { access: access(), request: { message: 'look', media } });

    expect(await run.drive()).toMatchObject({ kind: 'fail', error: { code: 'model_error' } });
  });

  it('do not fail the session that had them once', async () => {
    providers.front.meet();
    const history: Message[] = [
      { role: 'user', content: [{ type: 'text', text: 'before' }, ...media] },
      { role: 'assistant', content: [{ type: 'text', text: 'nice' }] },
    ];
    const request = { message: 'look' };
    const run = new AgentDriver(agent, { access: access(), history, request });

    expect(await run.answer()).toBe('I see.');
    expect(sent()).toContain('no longer there');
  });

  it.each(['http://127.0.0.1:9001/', 'http://169.254.169.254/latest', 'file:///etc/passwd'])(
    'are those of a private network: %s',
    async (from) => {
      await expect(downloadMedia(from, new AbortController().signal)).rejects.toThrow(ModelError);
    },
  );
});
