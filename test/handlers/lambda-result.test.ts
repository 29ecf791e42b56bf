import { describe, expect, it } from 'vitest';
import type { ApiEvent, ApiResult } from '#api/api-event.ts';
import { buffered, partsOf, withText } from '#api/lambda-result.ts';
import { aContext } from '../builders/a-context.ts';
import { anApiEvent } from '../builders/an-api-event.ts';
import { collect } from '../builders/collect.ts';

const answer = { statusCode: 200, headers: { 'content-type': 'text/plain' }, body: '' };

async function* parts(...texts: string[]) {
  yield* texts;
}

async function* broken() {
  yield 'a';
  throw new Error('the store is down');
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('an answer that is sent as a whole', () => {
  it('is what the API answers', async () => {
    const result = { ...answer, statusCode: 404, body: '{"code":"run_not_found"}' };

    const sent = await buffered(async () => result)(anApiEvent(), aContext());

    expect(sent).toEqual(result);
  });

  it('has all that comes bit by bit as its body, and nothing that the gateway does not know', async () => {
    const result = { ...answer, stream: parts('id: 1\n', '', 'ünïcödé\n') };

    const sent = await buffered(async () => result)(anApiEvent(), aContext());

    expect(sent).toEqual({ ...answer, body: 'id: 1\nünïcödé\n' });
  });

  it('is none where what comes breaks off', async () => {
    const api = async () => ({ ...answer, stream: broken() });

    await expect(buffered(api)(anApiEvent(), aContext())).rejects.toThrow('the store is down');
  });

  it('is to the request and the invocation that came', async () => {
    const asked: unknown[] = [];
    const api = async (...args: unknown[]): Promise<ApiResult> => {
      asked.push(...args);
      return answer;
    };
    const event = anApiEvent({
      httpMethod: 'POST',
      body: base64('{"a":1}'),
      isBase64Encoded: true,
    });
    const context = aContext();

    await buffered(api)(event, context);

    expect(asked).toEqual([{ ...event, body: '{"a":1}', isBase64Encoded: false }, context]);
  });
});

describe('the body of a request', () => {
  it.each(['{"message":"hello"}', 'ünïcödé 世界', ''])('is read from base64: %j', (text) => {
    const event = anApiEvent({ body: base64(text), isBase64Encoded: true });

    expect(withText(event)).toEqual({ ...event, body: text, isBase64Encoded: false });
  });

  it.each([
    ['text', { body: base64('as it is'), isBase64Encoded: false }],
    ['none', { body: null, isBase64Encoded: true }],
  ] satisfies [string, Partial<ApiEvent>][])('is left alone where it is %s', (_, body) => {
    const event = anApiEvent(body);

    expect(withText(event)).toBe(event);
  });
});

describe('the parts of an answer', () => {
  it('are its body where it comes as a whole', async () => {
    expect(await collect(partsOf({ ...answer, body: 'all of it' }))).toEqual(['all of it']);
  });

  it('are one, which is empty, where it has no body', async () => {
    expect(await collect(partsOf({ ...answer, statusCode: 204 }))).toEqual(['']);
  });

  it('are those of its stream, as they come', async () => {
    const result = { ...answer, stream: parts('one', 'two') };

    expect(await collect(partsOf(result))).toEqual(['one', 'two']);
  });
});
