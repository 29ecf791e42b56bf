import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Message } from '#core/session/transcript.ts';
import { anAgentWith, aTool } from '../a-tool.ts';
import { AgentDriver, approved } from '../agent-driver.ts';
import { fakeProviders, modelIds } from './fake-providers.ts';

/** As the store has them of runs from before models were named in them. */
const history = `[
  { "role": "user", "content": [{ "type": "text", "text": "earlier" }] },
  { "role": "assistant", "content": [
    { "type": "reasoning", "text": "unsigned" },
    { "type": "text", "text": "an answer" }
  ] }
]`;
const messages = `[
  { "role": "user", "content": [{ "type": "text", "text": "work" }] },
  { "role": "assistant", "content": [
    { "type": "reasoning", "text": "unsigned" },
    { "type": "tool-call", "toolCallId": "c1", "toolName": "work", "input": { "n": 1 } }
  ] }
]`;
const state = {
  version: 1,
  modelCalls: 1,
  pendingCalls: [{ toolCallId: 'c1', toolName: 'work', input: { n: 1 } }],
  content: null,
};

const read = (stored: string) => z.array(Message).parse(JSON.parse(stored));

const providers = fakeProviders({
  match: { userMessage: 'work', hasToolResult: true },
  response: { content: 'Done.' },
});

describe('a run from before models were named in transcripts', () => {
  it.each(Object.entries(modelIds))('goes on with %s', async (_, model) => {
    providers.front.meet();
    const agent = anAgentWith(aTool({ approval: { when: 'always' } }), { model });
    const run = new AgentDriver(agent, { access: providers.access(), history: read(history) });
    run.messages.push(...read(messages));
    const approval = await run.ask({ state });

    const answer = await run.answer({ decision: approved(approval) });

    expect(answer).toBe('Done.');
    const sent = JSON.stringify(providers.front.requests[0]?.body);
    expect(sent).toContain('an answer');
    expect(sent).not.toContain('unsigned');
  });
});
