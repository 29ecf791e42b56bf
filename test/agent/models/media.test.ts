import { describe, expect, it } from 'vitest';
import type { FilePart } from '#core/session/transcript.ts';
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
const image = (source: FilePart['source']): FilePart => ({
  type: 'file',
  mediaType: 'image/png',
  source,
});

const sent = () => JSON.stringify(providers.front.requests[0]?.body);

describe.each(Object.entries(modelIds))('an image reaches %s', (_, model) => {
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
});
