import { expect, it } from 'vitest';
import { toMessages, toQuestion } from '#api/dialects/langgraph/messages/messages.ts';
import type { Message, ToolOutput } from '#core/session/transcript.ts';

const at = { runId: '01a20000-0000-7000-8000-000000000001', step: 2 };

const spoken = (content: Extract<Message, { role: 'assistant' }>['content']): Message => ({
  role: 'assistant',
  content,
  model: 'longrun/scripted',
  usage: { inputTokens: 3, outputTokens: 4 },
});

const answered = (output: ToolOutput): Message => ({
  role: 'tool',
  content: [{ type: 'tool-result', toolCallId: 'c1', toolName: 'look_up', output }],
});

it('tells what a model said as blocks, with its calls, its model and its tokens', () => {
  const [message] = toMessages(at, [
    spoken([
      { type: 'reasoning', text: 'Let me ' },
      { type: 'reasoning', text: 'see.' },
      { type: 'text', text: 'One moment.' },
      { type: 'tool-call', toolCallId: 'c1', toolName: 'look_up', input: { name: 'Ada' } },
    ]),
  ]);

  expect(message).toMatchObject({
    type: 'ai',
    content: [
      { type: 'reasoning', reasoning: 'Let me see.', index: 0 },
      { type: 'text', text: 'One moment.', index: 1 },
    ],
    tool_calls: [{ name: 'look_up', args: { name: 'Ada' }, id: 'c1', type: 'tool_call' }],
    invalid_tool_calls: [],
    usage_metadata: { input_tokens: 3, output_tokens: 4, total_tokens: 7 },
    response_metadata: { model_name: 'longrun/scripted' },
  });
});

it('calls invalid what a model wrote as arguments and is no object', () => {
  const call = { type: 'tool-call' as const, toolCallId: 'c1', toolName: 'look_up' };

  const [message] = toMessages(at, [spoken([{ ...call, input: '{"name":' }])]);

  expect(message).toMatchObject({
    tool_calls: [],
    invalid_tool_calls: [{ name: 'look_up', args: '{"name":', id: 'c1', error: null }],
  });
});

it.each<[ToolOutput, string, string]>([
  [{ type: 'text', value: 'found' }, 'found', 'success'],
  [{ type: 'json', value: { n: 1 } }, '{"n":1}', 'success'],
  [{ type: 'error-text', value: 'no such' }, 'no such', 'error'],
  [{ type: 'execution-denied', reason: 'not today' }, 'Rejected: not today', 'error'],
])('tells the answer of a tool: %j', (output, content, status) => {
  const [message] = toMessages(at, [answered(output)]);

  expect(message).toMatchObject({
    type: 'tool',
    content,
    status,
    name: 'look_up',
    tool_call_id: 'c1',
    artifact: null,
  });
});

it('gives each message an id of its own, the same each time', () => {
  const appended: Message[] = [
    { role: 'user', content: [{ type: 'text', text: 'hello' }] },
    spoken([{ type: 'text', text: 'hello' }]),
    spoken([{ type: 'text', text: 'hello' }]),
    answered({ type: 'text', value: 'x' }),
  ];

  const ids = toMessages(at, appended).map(({ id }) => id);
  const others = toMessages({ ...at, step: 3 }, appended).map(({ id }) => id);

  expect(toMessages(at, appended).map(({ id }) => id)).toEqual(ids);
  expect(new Set([...ids, ...others]).size).toBe(8);
});

it('tells a question before its first step as it is told after it', () => {
  const media = {
    type: 'file' as const,
    mediaType: 'image/png',
    source: { type: 'blob' as const, blobKey: 'secret/key', sizeBytes: 9 },
  };
  const question = { message: 'What is this?', media: [media] };
  const text = { type: 'text' as const, text: question.message };

  const before = toQuestion(at.runId, question);
  const [after] = toMessages({ ...at, step: 1 }, [{ role: 'user', content: [text, media] }]);

  expect(before).toEqual(after);
  expect(before.content).toEqual([text, { type: 'image', mime_type: 'image/png', size_bytes: 9 }]);
});

it('tells a question without media as a text', () => {
  expect(toQuestion(at.runId, { message: 'hello', media: [] })).toMatchObject({
    type: 'human',
    content: 'hello',
  });
});
