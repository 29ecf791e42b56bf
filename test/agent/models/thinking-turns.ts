import { encodeEventStreamMessage } from '@copilotkit/aimock';
import type { Fault } from './a-provider-front.ts';

/** What the fake cannot do: answers in which a model thinks, signs that, and calls `work`. */
export const thought = 'I had better work.';
export const signature = 'signed-by-the-provider';

const events = (...all: readonly { type: string }[]) =>
  all.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');

const streaming = (body: string | Buffer, type = 'text/event-stream'): Fault => ({
  status: 200,
  headers: { 'content-type': type },
  body,
});

const block = (index: number, start: object, ...deltas: readonly object[]) => [
  { type: 'content_block_start', index, content_block: start },
  ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
  { type: 'content_block_stop', index },
];

const anthropic = streaming(
  events(
    {
      type: 'message_start',
      ...{
        message: {
          id: 'msg_1',
          type: 'message',
          role: 'assistant',
          model: 'claude',
          content: [],
          stop_reason: null,
          usage: { input_tokens: 5, output_tokens: 1 },
        },
      },
    },
    ...block(
      0,
      { type: 'thinking', thinking: '', signature: '' },
      { type: 'thinking_delta', thinking: thought },
      { type: 'signature_delta', signature },
    ),
    ...block(1, { type: 'redacted_thinking', data: `${signature}-unseen` }),
    ...block(
      2,
      { type: 'tool_use', id: 'toolu_1', name: 'work', input: {} },
      { type: 'input_json_delta', partial_json: '{"n":7}' },
    ),
    {
      type: 'message_delta',
      ...{ delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 9 } },
    },
    { type: 'message_stop' },
  ),
);

const reasoning = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: signature };
const call = { type: 'function_call', id: 'fc_1', call_id: 'toolu_1', name: 'work' };
const part = { item_id: 'rs_1', summary_index: 0, output_index: 0 };
const response = { id: 'resp_1', object: 'response', created_at: 1, model: 'gpt' };

const openai = streaming(
  events(
    { type: 'response.created', ...{ response: { ...response, status: 'in_progress' } } },
    { type: 'response.output_item.added', ...{ output_index: 0, item: reasoning } },
    { type: 'response.reasoning_summary_part.added', ...part },
    { type: 'response.reasoning_summary_text.delta', ...part, ...{ delta: thought } },
    { type: 'response.reasoning_summary_part.done', ...part },
    { type: 'response.output_item.done', ...{ output_index: 0, item: reasoning } },
    {
      type: 'response.output_item.added',
      ...{ output_index: 1, item: { ...call, arguments: '', status: 'in_progress' } },
    },
    {
      type: 'response.output_item.done',
      ...{ output_index: 1, item: { ...call, arguments: '{"n":7}', status: 'completed' } },
    },
    {
      type: 'response.completed',
      ...{ response: { ...response, usage: { input_tokens: 5, output_tokens: 9 } } },
    },
  ),
);

const frames = (...all: readonly (readonly [type: string, payload: object])[]) =>
  Buffer.concat(all.map(([type, payload]) => encodeEventStreamMessage(type, payload)));

const delta = (contentBlockIndex: number, content: object) =>
  ['contentBlockDelta', { contentBlockIndex, delta: content }] as const;

const bedrock = streaming(
  frames(
    ['messageStart', { role: 'assistant' }],
    delta(0, { reasoningContent: { text: thought } }),
    delta(0, { reasoningContent: { signature } }),
    ['contentBlockStop', { contentBlockIndex: 0 }],
    [
      'contentBlockStart',
      { contentBlockIndex: 1, start: { toolUse: { toolUseId: 'toolu_1', name: 'work' } } },
    ],
    delta(1, { toolUse: { input: '{"n":7}' } }),
    ['contentBlockStop', { contentBlockIndex: 1 }],
    ['messageStop', { stopReason: 'tool_use' }],
    ['metadata', { usage: { inputTokens: 5, outputTokens: 9, totalTokens: 14 } }],
  ),
  'application/vnd.amazon.eventstream',
);

export const thinkingTurns = { anthropic, bedrock, openai } as const;
