import { describe, expect, it } from 'vitest';
import { LoopState } from '#agent/agent-state.ts';
import type { Message } from '#core/session/transcript.ts';
import { anAgentWith, aTool } from './a-tool.ts';
import { AgentDriver, approved } from './agent-driver.ts';

/** As version 1 stored it, between the two tool calls of a turn. */
const storedByVersion1 = {
  version: 1,
  modelCalls: 1,
  pendingCalls: [{ toolCallId: 'call_0_1', toolName: 'work', input: { n: 2 } }],
  content: null,
};
const messagesOfVersion1: Message[] = [
  { role: 'user', content: [{ type: 'text', text: 'hello' }] },
  {
    role: 'assistant',
    content: [1, 2].map((n) => ({
      type: 'tool-call',
      toolCallId: `call_0_${n - 1}`,
      toolName: 'work',
      input: { n },
    })),
  },
  {
    role: 'tool',
    content: [
      {
        type: 'tool-result',
        toolCallId: 'call_0_0',
        toolName: 'work',
        output: { type: 'text', value: 'first' },
      },
    ],
  },
];

const v1 = { state: storedByVersion1, messages: messagesOfVersion1 };

describe('what version 1 of the loop has stored in the middle of a turn', () => {
  it('is taken up where it stood', async () => {
    const done: unknown[] = [];
    const run = new AgentDriver(anAgentWith(aTool({ does: (args) => done.push(args) })));

    const { outcome, state } = await run.step(v1);

    expect(outcome).toEqual({ kind: 'continue' });
    expect(done).toEqual([{ n: 2 }]);
    expect(state).toEqual({ version: 2, modelCalls: 1, pendingCalls: [], content: null });
  });

  it('is taken up after a decision that version 1 asked for', async () => {
    const done: unknown[] = [];
    const tool = aTool({ approval: { when: 'always' }, does: (args) => done.push(args) });
    const run = new AgentDriver(anAgentWith(tool));
    const approval = await run.ask(v1);

    await run.step({ ...v1, decision: approved(approval) });

    // sha256 over tool, arguments and agent version, as version 1 wrote it.
    expect(approval.callHash).toBe(
      '0900f4d67ec581f191c5f038feada44d92d50424057e982afd04fc72493d23cc',
    );
    expect(done).toEqual([{ n: 2 }]);
  });

  it('is a count of model calls that still counts', async () => {
    const run = new AgentDriver(anAgentWith(aTool(), { limits: { maxSteps: 1 } }));
    await run.step(v1);

    expect(await run.drive()).toMatchObject({ kind: 'fail', error: { code: 'step_limit' } });
  });
});

it('refuses the state of a version that it does not know', () => {
  expect(LoopState.safeParse({ ...storedByVersion1, version: 3 }).success).toBe(false);
});
