import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { echoAgent } from '../builders/an-agent.ts';
import { anApi } from '../builders/an-api.ts';
import { refusal } from './refusal.ts';

const background = '/api/agents/echo/runs/background';

const fields: [field: string, body: unknown][] = [
  ['message', {}],
  ['message', { message: ' ' }],
  ['sessionId', { message: 'x', sessionId: 'x' }],
  ['media[0].type', { message: 'x', media: [{ data: 'AA==' }] }],
  [
    'media[1].data',
    {
      message: 'x',
      media: [
        { type: 'image/png', data: 'AA==' },
        { type: 'image/png', data: '?' },
      ],
    },
  ],
  ['options.temperature', { message: 'x', options: { temperature: 9 } }],
  ['options.maxTokens', { message: 'x', options: { maxTokens: 0 } }],
  ['options', { message: 'x', options: [] }],
  ['body', []],
  ['body', null],
  ['body', 'text'],
];

describe('a body', () => {
  it.each(fields)('with a wrong %s is refused by that name: %j', async (field, json) => {
    expect(await refusal({ path: background, json })).toMatchObject({
      status: 400,
      code: 'invalid_request',
      fields: [field],
    });
  });

  it('is refused with the same form of names where the agent refuses it', async () => {
    const media = [{ type: 'image/png', data: 'AA==' }];
    const options = { model: 'none' };

    expect(
      await refusal({ path: background, json: { message: 'x', media, options } }),
    ).toMatchObject({
      status: 400,
      code: 'invalid_input',
      fields: ['options.model', 'media[0].type'],
    });
  });

  it.each([
    ['nothing', null],
    ['an empty text', ''],
    ['half an object', '{"message": "x'],
    ['two objects', '{"message":"x"}{}'],
    ['a form', 'message=x'],
  ])('that is %s instead of JSON is refused', async (_, body) => {
    expect(await refusal({ httpMethod: 'POST', path: background, body })).toMatchObject({
      status: 400,
      code: 'malformed_json',
    });
  });

  it('may come in base64, as API Gateway may send it', async () => {
    const { call } = await anApi();
    const body = Buffer.from(JSON.stringify({ message: 'grüße 👋' })).toString('base64');

    const { json } = await call({
      httpMethod: 'POST',
      path: background,
      body,
      isBase64Encoded: true,
    });

    const { runId } = z.object({ runId: z.string() }).parse(json);
    const { json: run } = await call({ path: `/api/runs/${runId}` });
    expect(run).toMatchObject({ message: 'grüße 👋' });
  });

  it('is not looked at where none is expected', async () => {
    const { call } = await anApi();

    expect((await call({ path: '/api/runs', body: 'no JSON' })).status).toBe(200);
  });
});

const kilobyte = 1024;
const megabyte = 1024 * kilobyte;

/** A body of so many bytes apart from its media. */
function bodyOf(bytes: number, character = 'x', media: readonly unknown[] = []): string {
  const apart = Buffer.byteLength(JSON.stringify({ message: '', media: [] }));
  const count = Math.floor((bytes - apart) / Buffer.byteLength(character));
  return JSON.stringify({ message: character.repeat(count), media });
}

/** Base64 has four characters for three bytes. */
const mediaOf = (bytes: number) => [
  { type: 'image/png', data: 'AAAA'.repeat(Math.ceil(bytes / 4)) },
];

describe('a large body', () => {
  async function statusOf(body: string): Promise<number> {
    const { call } = await anApi({ agents: [{ ...echoAgent(), accepts: ['image/*'] }] });
    return (await call({ httpMethod: 'POST', path: background, body })).status;
  }

  it.each([
    [200, '256 KB', 256 * kilobyte, 'x'],
    [413, 'more', 256 * kilobyte + 20, 'x'],
    [200, '256 KB in bytes', 256 * kilobyte, '世'],
    [413, 'more in bytes', 256 * kilobyte + 20, '世'],
    [413, '1 MB', megabyte, '"'],
  ])('is answered with %d for %s', async (status, _, bytes, character) => {
    expect(await statusOf(bodyOf(bytes, character))).toBe(status);
  });

  it.each([
    [200, '4.4 MB of media', 4.4 * megabyte, kilobyte],
    [413, 'more than 4.5 MB of media', 4.5 * megabyte + 1, kilobyte],
    [200, '256 KB beside its media', 4 * megabyte, 256 * kilobyte],
    [413, 'more beside its media', 4 * megabyte, 257 * kilobyte],
  ])('is answered with %d for %s', async (status, _, mediaBytes, bytes) => {
    expect(await statusOf(bodyOf(bytes, 'x', mediaOf(mediaBytes)))).toBe(status);
  });

  it('is no way around the limit where its media are none', async () => {
    const body = JSON.stringify({ message: 'x', media: 'x'.repeat(4.6 * megabyte) });

    expect(await statusOf(body)).toBe(413);
  });
});
