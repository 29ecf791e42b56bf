import { describe, expect, it } from 'vitest';
import {
  aiMessageId,
  type LangChainMessage,
  toMessages,
} from '#api/dialects/langgraph/messages/messages.ts';
import { RunStory, type StepView } from '#api/dialects/langgraph/streams/run-story.ts';
import type { StreamMode } from '#api/dialects/langgraph/streams/stream-mode.ts';
import type { StreamPart } from '#api/dialects/langgraph/streams/stream-part.ts';
import { RunEvent, type RunEventBody } from '#core/run/run-event.ts';
import type { Message } from '#core/session/transcript.ts';

const runId = '01a20000-0000-7000-8000-000000000001';
const threadId = '01a20000-0000-7000-8000-000000000002';
const aiId = (step: number) => aiMessageId({ runId, step });

const stepView = (step: number, ...appended: Message[]): StepView => ({
  step,
  at: 1000 * step,
  messages: toMessages({ runId, step }, appended),
});

const asked: Message = { role: 'user', content: [{ type: 'text', text: 'Ada?' }] };
const said = (text: string): Message => ({
  role: 'assistant',
  content: [{ type: 'text', text }],
  usage: { inputTokens: 1, outputTokens: 2 },
});
const calls: Message = {
  role: 'assistant',
  content: [
    { type: 'reasoning', text: 'Look it up.' },
    { type: 'tool-call', toolCallId: 'c1', toolName: 'find', input: { name: 'Ada' } },
  ],
};
const found: Message = {
  role: 'tool',
  content: [
    {
      type: 'tool-result',
      toolCallId: 'c1',
      toolName: 'find',
      output: { type: 'text', value: 'x' },
    },
  ],
};

type Told = RunEventBody | [RunEventBody, ...StepView[]];

/** What is told of these events, each with the steps that it makes known. */
function tell(
  told: readonly Told[],
  { pausesBefore = 0, history = [] }: { pausesBefore?: number; history?: LangChainMessage[] } = {},
): StreamPart[] {
  const id = pausesBefore === 0 ? runId : 'resumed';
  const agent = { agentId: 'agent', assistantId: 'assistant' };
  const [question] = stepView(1, asked).messages;
  if (question?.type !== 'human') throw new Error('no question');
  const story = new RunStory({ id, threadId, runId, pausesBefore, ...agent }, question);
  return told.flatMap((one, i) => {
    const [body, ...steps] = Array.isArray(one) ? one : [one];
    const event = RunEvent.parse({ seq: i + 1, at: i, ...body });
    return story.tell(event, { steps, ...(body.type === 'run.started' ? { history } : {}) });
  });
}

const inMode = (mode: StreamMode, parts: readonly StreamPart[]) =>
  parts.filter((part) => part.mode === mode);
const dataOf = (mode: StreamMode, parts: readonly StreamPart[]) =>
  inMode(mode, parts).map(({ data }) => data);

const begun: Told[] = [
  { type: 'run.queued', data: {} },
  { type: 'run.started', data: { epoch: 1 } },
  { type: 'step.started', data: { step: 1 } },
];
const text = (part: string): RunEventBody => ({ type: 'text.delta', data: { text: part } });
const thought = (part: string): RunEventBody => ({ type: 'reasoning.delta', data: { text: part } });
const completed: RunEventBody = { type: 'run.completed', data: {} };

const answer: Told[] = [
  ...begun,
  text('He'),
  text('llo'),
  [completed, stepView(1, asked, said('Hello'))],
];

const withTool: Told[] = [
  ...begun,
  thought('Look it up.'),
  [{ type: 'step.started', data: { step: 2 } }, stepView(1, asked, calls)],
  { type: 'tool.started', data: { toolCallId: 'c1', tool: 'find', arguments: { name: 'Ada' } } },
  { type: 'progress', data: { phase: 'looking', percentage: 50 } },
  { type: 'tool.completed', data: { toolCallId: 'c1', tool: 'find', result: 'x' } },
  [{ type: 'step.started', data: { step: 3 } }, stepView(2, found)],
  text('Done.'),
  [completed, stepView(3, said('Done.'))],
];

const approval = {
  approvalId: 'a1',
  toolCallId: 'c1',
  tool: 'find',
  arguments: { name: 'Ada' },
};
const paused: Told[] = [
  ...begun,
  [{ type: 'step.started', data: { step: 2 } }, stepView(1, asked, calls)],
  {
    type: 'approval.requested',
    data: { ...approval, expiresAt: '2026-01-01T00:00:00Z', reason: 'find needs an approval.' },
  },
  [{ type: 'run.paused', data: { approvalId: 'a1' } }, stepView(2)],
];
const resumed: Told[] = [
  ...paused,
  { type: 'approval.decided', data: { ...approval, decision: 'APPROVE', decidedBy: 'ann' } },
  { type: 'run.resumed', data: { approvalId: 'a1' } },
  { type: 'step.started', data: { step: 3 } },
  [{ type: 'step.started', data: { step: 4 } }, stepView(3, found)],
  [completed, stepView(4, said('Done.'))],
];

it('begins with the id of the run', () => {
  expect(tell(answer)[0]).toEqual({ event: 'metadata', data: { run_id: runId, attempt: 1 } });
});

describe('values', () => {
  const contents = (parts: readonly StreamPart[]) =>
    dataOf('values', parts).map((data) =>
      JSON.parse(JSON.stringify(data)).messages.map((one: LangChainMessage) => one.type),
    );

  it('are the state with the question, then after each step', () => {
    expect(contents(tell(withTool))).toEqual([
      ['human'],
      ['human', 'ai'],
      ['human', 'ai', 'tool'],
      ['human', 'ai', 'tool', 'ai'],
    ]);
  });

  it('have the thread before the run', () => {
    const history = toMessages({ runId: threadId, step: 1 }, [asked, said('Yes')]);

    expect(contents(tell(answer, { history }))[0]).toEqual(['human', 'ai', 'human']);
  });

  it('are not told again of a run that is started again', () => {
    const again: Told[] = [...begun, { type: 'run.started', data: { epoch: 2 } }];

    expect(dataOf('values', tell(again))).toHaveLength(1);
  });
});

it('tells as updates what each node has added', () => {
  expect(dataOf('updates', tell(withTool))).toMatchObject([
    { agent: { messages: [{ type: 'ai', tool_calls: [{ name: 'find' }] }] } },
    { tools: { messages: [{ type: 'tool', content: 'x' }] } },
    { agent: { messages: [{ type: 'ai', content: [{ text: 'Done.' }] }] } },
  ]);
});

it('tells as custom how far a tool is', () => {
  expect(dataOf('custom', tell(withTool))).toEqual([{ phase: 'looking', percentage: 50 }]);
});

describe('messages', () => {
  it('are told so far, and as a whole at their end', () => {
    const parts = inMode('messages', tell(answer));

    expect(parts).toMatchObject([
      {
        event: 'messages/metadata',
        data: { [aiId(1)]: { metadata: { langgraph_node: 'agent' } } },
      },
      { event: 'messages/partial', data: [{ id: aiId(1), content: [{ text: 'He' }] }] },
      { event: 'messages/partial', data: [{ id: aiId(1), content: [{ text: 'Hello' }] }] },
      { event: 'messages/complete', data: [{ id: aiId(1), content: [{ text: 'Hello' }] }] },
    ]);
  });

  it.each(['step.reset', 'step.started'] as const)('begin anew after %s', (type) => {
    const again: Told[] = [
      ...begun,
      text('Hex'),
      { type, data: { step: 1 } },
      text('Hello'),
      [completed, stepView(1, asked, said('Hello'))],
    ];

    const contents = inMode('messages', tell(again))
      .filter(({ event }) => event === 'messages/partial')
      .map(({ data }) => JSON.parse(JSON.stringify(data))[0].content);

    expect(contents).toMatchObject([[{ text: 'Hex' }], [], [{ text: 'Hello' }]]);
  });

  it('of tools are told as a whole', () => {
    const tools = inMode('messages', tell(withTool)).filter(({ data }) =>
      JSON.stringify(data).includes('"tool_call_id":"c1"'),
    );

    expect(tools).toMatchObject([{ event: 'messages/complete', data: [{ type: 'tool' }] }]);
  });
});

describe('messages-tuple', () => {
  /** As a client puts the pieces of one id together. */
  const assembled = (parts: readonly StreamPart[]) => {
    const texts = new Map<string, string>();
    for (const { data } of inMode('messages-tuple', parts)) {
      const [{ id, type, content }] = JSON.parse(JSON.stringify(data));
      const piece =
        content === '' ? '' : content.map?.((one: { text?: string }) => one.text ?? '').join('');
      if (type === 'remove') texts.delete(id);
      else texts.set(id, (texts.get(id) ?? '') + (piece ?? content));
    }
    return [...texts.values()];
  };

  it('are pieces that make the message', () => {
    const parts = dataOf('messages-tuple', tell(answer));

    expect(parts).toMatchObject([
      [
        { type: 'AIMessageChunk', id: aiId(1), content: [{ text: 'He', index: 0 }] },
        { run_id: runId },
      ],
      [{ type: 'AIMessageChunk', id: aiId(1), content: [{ text: 'llo', index: 0 }] }, {}],
      [{ content: [], usage_metadata: { total_tokens: 3 }, chunk_position: 'last' }, {}],
    ]);
    expect(assembled(tell(answer))).toEqual(['Hello']);
  });

  it('have the calls of tools at the end of a message', () => {
    expect(dataOf('messages-tuple', tell(withTool))[1]).toMatchObject([
      { tool_call_chunks: [{ name: 'find', args: '{"name":"Ada"}', id: 'c1', index: 0 }] },
      {},
    ]);
  });

  it('take back what is void', () => {
    const again: Told[] = [
      ...begun,
      text('Hex'),
      { type: 'step.reset', data: { step: 1 } },
      text('Hello'),
      [completed, stepView(1, asked, said('Hello'))],
    ];

    expect(assembled(tell(again))).toEqual(['Hello']);
  });

  it('have the whole message where pieces were lost', () => {
    const lost: Told[] = [...begun, text('He'), [completed, stepView(1, asked, said('Hello'))]];

    expect(assembled(tell(lost))).toEqual(['Hello']);
  });

  it('have a message that came without pieces', () => {
    expect(assembled(tell([...begun, [completed, stepView(1, asked, said('Hello'))]]))).toEqual([
      'Hello',
    ]);
  });
});

it('tells tasks with their results, and checkpoints that follow each other', () => {
  const parts = tell(withTool);

  expect(dataOf('tasks', parts)).toMatchObject([
    { name: 'agent', triggers: ['branch:to:agent'] },
    { name: 'agent', error: null, result: { messages: [{ type: 'ai' }] } },
    { name: 'tools' },
    { name: 'tools', result: { messages: [{ type: 'tool' }] } },
    { name: 'agent' },
    { name: 'agent', result: { messages: [{ type: 'ai' }] } },
  ]);
  expect(dataOf('checkpoints', parts)).toMatchObject([
    { metadata: { source: 'input', step: 0 }, parent_config: null, next: ['agent'] },
    { metadata: { source: 'loop', step: 1 }, next: ['tools'] },
    { metadata: { source: 'loop', step: 2 }, next: ['agent'] },
    { metadata: { source: 'loop', step: 3 }, next: [] },
  ]);
  expect(dataOf('debug', parts)).toHaveLength(10);
});

it("tells LangChain's events", () => {
  const names = dataOf('events', tell(withTool)).map(
    (data) => JSON.parse(JSON.stringify(data)).event,
  );

  expect(names).toEqual([
    'on_chain_start',
    'on_chat_model_start',
    'on_chat_model_stream',
    'on_chat_model_end',
    'on_tool_start',
    'on_tool_end',
    'on_chat_model_start',
    'on_chat_model_stream',
    'on_chat_model_end',
    'on_chain_end',
  ]);
});

describe('a run that waits for a person', () => {
  const interrupt = {
    id: 'a1',
    value: expect.objectContaining({
      action_requests: [
        { name: 'find', args: { name: 'Ada' }, description: 'find needs an approval.' },
      ],
    }),
  };

  it('ends with its question, in values and in updates', () => {
    const parts = tell(paused);

    expect(dataOf('updates', parts).at(-1)).toMatchObject({ __interrupt__: [interrupt] });
    expect(dataOf('values', parts).at(-1)).toMatchObject({
      messages: [{ type: 'human' }, { type: 'ai' }],
      __interrupt__: [interrupt],
    });
    expect(dataOf('tasks', parts).at(-1)).toMatchObject({ name: 'tools', interrupts: [interrupt] });
  });

  it('goes on after the decision as a run of its own', () => {
    const parts = tell(resumed, { pausesBefore: 1 });

    expect(parts[0]).toEqual({ event: 'metadata', data: { run_id: 'resumed', attempt: 1 } });
    expect(dataOf('updates', parts)).toMatchObject([{ tools: {} }, { agent: {} }]);
    expect(dataOf('values', parts)[0]).toMatchObject({
      messages: [{ type: 'human' }, { type: 'ai' }],
    });
    expect(parts.filter(({ event }) => event === 'metadata')).toHaveLength(1);
  });
});

it('ends with an error where the run fails', () => {
  const failed: RunEventBody = { type: 'run.failed', data: { code: 'model_error', message: 'no' } };

  expect(tell([...begun, failed]).at(-1)).toEqual({
    event: 'error',
    data: { error: 'model_error', message: 'no' },
  });
});

it('ends without a word where the run is cancelled', () => {
  const cancelled: RunEventBody = { type: 'run.cancelled', data: { reason: 'x' } };

  expect(tell([...begun, cancelled])).toEqual(tell(begun));
});
