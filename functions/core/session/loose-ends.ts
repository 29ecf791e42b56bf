import type { Message } from './transcript.ts';

type ToolMessage = Extract<Message, { role: 'tool' }>;

const reason = 'The call was not made: the run that asked for it was cancelled.';

/**
 * A transcript in which every tool call has an answer, as providers demand it: what was cancelled may
 * have left some open.
 */
export function withoutLooseEnds(messages: readonly Message[]): Message[] {
  const answered = new Set(
    messages.flatMap((message) =>
      message.role === 'tool' ? message.content.map(({ toolCallId }) => toolCallId) : [],
    ),
  );
  return messages.flatMap((message) => {
    const open = openCalls(message).filter(({ toolCallId }) => !answered.has(toolCallId));
    return open.length === 0 ? [message] : [message, refusal(open)];
  });
}

/** The tool calls that a transcript ends with, and that have no result yet. */
export function callsLeftOpen(messages: readonly Message[]) {
  const at = messages.findLastIndex(({ role }) => role === 'assistant');
  const last = messages[at];
  const after = messages.slice(at + 1);
  if (last === undefined || after.some(({ role }) => role === 'user')) return [];
  const answered = new Set(
    after.flatMap((message) =>
      message.role === 'tool' ? message.content.map(({ toolCallId }) => toolCallId) : [],
    ),
  );
  return openCalls(last).filter(({ toolCallId }) => !answered.has(toolCallId));
}

const openCalls = (message: Message) =>
  message.role === 'assistant'
    ? message.content.flatMap((part) => (part.type === 'tool-call' ? [part] : []))
    : [];

const refusal = (calls: ReturnType<typeof openCalls>): ToolMessage => ({
  role: 'tool',
  content: calls.map(({ toolCallId, toolName }) => ({
    type: 'tool-result',
    toolCallId,
    toolName,
    output: { type: 'execution-denied', reason },
  })),
});
