import { describe, expect, it } from 'vitest';
import { readInput } from '#api/dialects/langgraph/runs/input.ts';

const png = 'iVBORw0KGgo=';
const bytes = new Uint8Array(Buffer.from(png, 'base64'));

const ask = (...messages: unknown[]) => readInput({ messages });
const withBlock = (block: unknown) => ask({ role: 'user', content: [block] });

it.each<[string, unknown]>([
  ['a role', { messages: [{ role: 'user', content: 'hi' }] }],
  ['the role human', { messages: [{ role: 'human', content: 'hi' }] }],
  ['a type', { messages: [{ type: 'human', content: 'hi', id: 'x', additional_kwargs: {} }] }],
  ['a pair', { messages: [['user', 'hi']] }],
  ['a text', { messages: ['hi'] }],
  ['one message', { messages: { role: 'user', content: 'hi' } }],
  ['blocks', { messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }] }],
  ['a bare text', 'hi'],
  ['a bare list', [{ role: 'user', content: 'hi' }]],
])('takes a message by %s', (_, input) => {
  expect(readInput(input)).toEqual({ message: 'hi', media: [], context: {} });
});

it('takes the other keys of the input as context', () => {
  expect(readInput({ messages: ['hi'], tone: 'kind', depth: { n: 1 } })).toEqual({
    message: 'hi',
    media: [],
    context: { tone: 'kind', depth: { n: 1 } },
  });
});

it('asks an input without messages as it is written', () => {
  expect(readInput({ topic: 'cats' })).toEqual({
    message: '{"topic":"cats"}',
    media: [],
    context: { topic: 'cats' },
  });
});

it.each([[undefined], [null], [{}], [{ messages: [] }]])('finds nothing asked in %j', (input) => {
  expect(readInput(input)).toEqual({ message: '', media: [], context: {} });
});

it('asks the last human messages together and takes what was said before as context', () => {
  const asked = ask(
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Who wrote it?' },
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'Ada.' },
        { type: 'tool_use', id: 'x' },
      ],
    },
    { type: 'tool', content: '7', tool_call_id: 'c1' },
    { role: 'user', content: 'And when?' },
    { role: 'user', content: 'And where?' },
  );

  expect(asked.message).toBe('And when?\n\nAnd where?');
  expect(asked.context).toEqual({
    earlierMessages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'human', content: 'Who wrote it?' },
      { role: 'ai', content: 'Ada.' },
      { role: 'tool', content: '7' },
    ],
  });
});

describe('media', () => {
  it.each<[string, unknown]>([
    [
      'image_url with a data URL',
      { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } },
    ],
    ['image_url as a text', { type: 'image_url', image_url: `data:image/png;base64,${png}` }],
    ['LangChain 1', { type: 'image', base64: png, mime_type: 'image/png' }],
    ['LangChain 1 in JavaScript', { type: 'image', data: png, mimeType: 'image/png' }],
    ['LangChain 0', { type: 'image', source_type: 'base64', data: png, mime_type: 'image/png' }],
    [
      'Anthropic',
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
    ],
  ])('are taken as bytes: %s', (_, block) => {
    expect(withBlock(block).media).toEqual([{ mediaType: 'image/png', bytes: Buffer.from(bytes) }]);
  });

  it.each<[string, unknown, string]>([
    [
      'image_url',
      { type: 'image_url', image_url: { url: 'https://x.org/a.png?b=1' } },
      'image/png',
    ],
    ['image_url without a name', { type: 'image_url', image_url: 'https://x.org/a' }, 'image/jpeg'],
    [
      'file',
      { type: 'file', url: 'https://x.org/a', mime_type: 'application/pdf' },
      'application/pdf',
    ],
    ['file by its name', { type: 'file', url: 'https://x.org/a.PDF' }, 'application/pdf'],
    [
      'document',
      { type: 'document', source: { type: 'url', url: 'https://x.org/a.pdf' } },
      'application/pdf',
    ],
  ])('are taken as URLs: %s', (_, block, mediaType) => {
    expect(withBlock(block).media).toMatchObject([
      { mediaType, url: expect.stringContaining('x.org') },
    ]);
  });

  it('are taken as sound', () => {
    const block = { type: 'input_audio', input_audio: { data: png, format: 'mp3' } };

    expect(withBlock(block).media).toMatchObject([{ mediaType: 'audio/mpeg' }]);
  });
});

it.each<[string, unknown, string]>([
  ['no object', 7, 'input'],
  ['an unknown role', { messages: ['hi', { role: 'nobody', content: 'x' }] }, 'input.messages[1]'],
  ['no message', { messages: [7] }, 'input.messages[0]'],
  [
    'an unknown block',
    { messages: [{ role: 'user', content: [{ type: 'smell' }] }] },
    'input.messages[0].content[0]',
  ],
  [
    'no base64',
    { messages: [{ role: 'user', content: [{ type: 'image', data: '?' }] }] },
    'input.messages[0].content[0]',
  ],
  [
    'no URL',
    { messages: [{ role: 'user', content: [{ type: 'image', url: 'ftp://x' }] }] },
    'input.messages[0].content[0]',
  ],
  [
    'no MIME type',
    { messages: [{ role: 'user', content: [{ type: 'file', data: png }] }] },
    'input.messages[0].content[0]',
  ],
])('refuses, naming it: %s', (_, input, field) => {
  const refused = expect.objectContaining({
    code: 'invalid_input',
    details: { fields: [expect.objectContaining({ field })] },
  });

  expect(() => readInput(input)).toThrow(refused);
});

it('refuses a text that is too long, whatever it looks like', () => {
  const content = 'x'.repeat(256 * 1024 + 1);

  expect(() => ask({ role: 'user', content })).toThrow(
    expect.objectContaining({ code: 'payload_too_large' }),
  );
});
