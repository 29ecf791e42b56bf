import { describe, expect, it } from 'vitest';
import { toInterrupt } from '#api/dialects/langgraph/state/interrupts.ts';
import { decideApproval } from '#core/approval/decide-approval.ts';
import { hasEnded } from '#core/run/run.ts';
import { eventsAfter, getRun, keyOf } from '#core/run/run-repository.ts';
import { aPrincipal } from '../../builders/a-principal.ts';
import { anEngine } from '../../builders/an-engine.ts';
import { aTool } from '../a-tool.ts';
import { aRemoteAgent, aRemoteServer } from './a-remote-server.ts';

const asks = (tool: string) => ({
  kind: 'approval',
  toolCallId: 'a1',
  tool,
  arguments: { n: 100_000 },
  reason: 'It costs.',
});
const calls = {
  kind: 'tools',
  calls: [{ toolCallId: 'a1', name: 'work', input: { n: 100_000 } }],
};
const done = { kind: 'done', text: 'done' };

/** A run of a remote agent that waits for a person after this answer, and all that it is sent. */
async function aPausedRun(answer: object) {
  const server = await aRemoteServer(answer, done);
  const tool = aTool({ approval: { when: 'always' } });
  const engine = await anEngine({ agents: [aRemoteAgent(server.url, { tools: [tool] })] });
  const submitted = await engine.submit({ agentId: 'remote' });
  const run = await engine.reach(submitted, ({ status }) => status === 'PAUSED');
  if (run.status !== 'PAUSED' || !run.pendingApproval) throw new Error('it does not ask');
  const decide = (edited?: { n: number }) =>
    decideApproval(engine.deps, {
      ...keyOf(run),
      decision: 'APPROVE',
      by: aPrincipal('ann'),
      arguments: edited,
      idempotency: undefined,
    });
  return { engine, run, decide, server, asked: run.pendingApproval };
}

describe('an approval that a remote agent asks for', () => {
  it.each(['work', 'pay'])('takes no other arguments (%s)', async (tool) => {
    const { engine, run, decide, server } = await aPausedRun(asks(tool));

    const fields = [
      {
        field: 'arguments',
        message: 'this agent takes no changed arguments: approve or reject',
      },
    ];
    await expect(decide({ n: 5 })).rejects.toMatchObject({
      ...{ code: 'invalid_input', details: { fields } },
    });

    expect((await getRun(engine.deps, keyOf(run))).status).toBe('PAUSED');
    await decide();
    await engine.reach(run, hasEnded);
    expect(server.received[1]?.body.decision).toMatchObject({ decision: 'APPROVE' });
  });

  it('is offered without an edit, where the thread is read and where it is followed', async () => {
    const { engine, run, asked } = await aPausedRun(asks('pay'));
    const events = await eventsAfter(engine.deps, keyOf(run), 0);
    const requested = events.find(({ type }) => type === 'approval.requested');

    expect(requested?.data).toMatchObject({ takesNoEdit: true });
    expect(toInterrupt(asked).value).toMatchObject({
      review_configs: [{ allowed_decisions: ['approve', 'reject', 'respond'] }],
    });
  });

  it('may be changed where a tool that is declared here needs it', async () => {
    const { engine, run, decide, server, asked } = await aPausedRun(calls);

    await decide({ n: 5 });

    await engine.reach(run, hasEnded);
    expect(JSON.stringify(server.received[1]?.body.messages)).toContain('"n":5');
    expect(toInterrupt(asked).value).toMatchObject({
      review_configs: [{ allowed_decisions: ['approve', 'edit', 'reject', 'respond'] }],
    });
  });
});
