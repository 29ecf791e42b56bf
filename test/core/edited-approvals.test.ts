import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defineTool } from '#agent/define-agent.ts';
import { runPauses } from '#core/approval/approval.ts';
import { type DecideApprovalCommand, decideApproval } from '#core/approval/decide-approval.ts';
import type { Run } from '#core/run/run.ts';
import { eventsAfter, getRun, keyOf } from '#core/run/run-repository.ts';
import { aPrincipal } from '../builders/a-principal.ts';
import { anAgent } from '../builders/an-agent.ts';
import { anEngine, type Engine } from '../builders/an-engine.ts';

/** A run that waits for an approval of a payment, and the payments that were made. */
async function aPausedPayment() {
  const paid: unknown[] = [];
  const pay = defineTool({
    name: 'pay',
    description: 'Pays',
    input: z.object({
      to: z.string().min(1),
      cents: z.int().positive(),
      notes: z.array(z.object({ text: z.string() })).optional(),
    }),
    approval: { when: 'always' },
    execute: (payment) => {
      paid.push(payment);
      return 'paid';
    },
  });
  const agent = anAgent({
    id: 'payer',
    tools: [pay],
    script: ({ results: [result] }) =>
      result
        ? { text: `${result.outcome} ${JSON.stringify(result.input)}` }
        : { toolCalls: [{ name: 'pay', input: { to: 'bob', cents: 100 } }] },
  });
  const engine = await anEngine({ agents: [agent] });
  const submitted = await engine.submit({ agentId: 'payer' });
  const run = await engine.reach(submitted, ({ status }) => status === 'PAUSED');
  return { engine, run, paid };
}

const decide = (engine: Engine, run: Run, more: Partial<DecideApprovalCommand>) =>
  decideApproval(engine.deps, {
    ...keyOf(run),
    decision: 'APPROVE',
    by: aPrincipal('ann'),
    idempotency: undefined,
    ...more,
  });

const ended = (run: Run) => 'completedAt' in run;

describe('an approval with other arguments', () => {
  it('makes the call with exactly those', async () => {
    const { engine, run, paid } = await aPausedPayment();

    await decide(engine, run, { arguments: { to: 'bob', cents: 50 } });

    await engine.reach(run, ended);
    expect(paid).toEqual([{ to: 'bob', cents: 50 }]);
  });

  it('is kept beside what was proposed, with who decided, when and why', async () => {
    const { engine, run } = await aPausedPayment();
    engine.clock.advance(5000);

    await decide(engine, run, { arguments: { to: 'bob', cents: 50 }, reason: 'too much' });

    expect(await runPauses(engine.deps.store, keyOf(run))).toMatchObject([
      {
        asked: { tool: 'pay', arguments: { to: 'bob', cents: 100 } },
        decision: {
          decision: 'APPROVE',
          by: 'ann',
          at: engine.clock.now(),
          reason: 'too much',
          arguments: { to: 'bob', cents: 50 },
        },
      },
    ]);
  });

  it('is told to whoever reads along, beside what was proposed', async () => {
    const { engine, run } = await aPausedPayment();

    await decide(engine, run, { arguments: { to: 'bob', cents: 50 } });

    const events = await eventsAfter(engine.deps, keyOf(run), 0);
    expect(events.find(({ type }) => type === 'approval.decided')).toMatchObject({
      data: { arguments: { to: 'bob', cents: 100 }, editedArguments: { to: 'bob', cents: 50 } },
    });
  });

  it.each<[string[], NonNullable<DecideApprovalCommand['arguments']>]>([
    [['arguments.cents'], { to: 'bob', cents: -1 }],
    [['arguments.cents'], { to: 'bob' }],
    [['arguments.to', 'arguments.cents'], { to: '', cents: 'x' }],
    [['arguments.notes[1].text'], { to: 'bob', cents: 1, notes: [{ text: 'a' }, { text: 1 }] }],
    [['arguments'], { to: 'x'.repeat(128 * 1024), cents: 1 }],
  ])('that do not fit names %j and decides nothing', async (fields, args) => {
    const { engine, run, paid } = await aPausedPayment();

    const outcome = decide(engine, run, { arguments: args });

    await expect(outcome).rejects.toMatchObject({
      code: 'invalid_input',
      details: { fields: fields.map((field) => ({ field })) },
    });
    expect(await getRun(engine.deps, keyOf(run))).toEqual(run);
    expect(paid).toEqual([]);
  });

  it('is no rejection', async () => {
    const { engine, run } = await aPausedPayment();

    const outcome = decide(engine, run, { decision: 'REJECT', arguments: { to: 'b', cents: 1 } });

    await expect(outcome).rejects.toMatchObject({ details: { fields: [{ field: 'arguments' }] } });
  });

  it('is refused where the agent has lost the tool', async () => {
    const { engine, run } = await aPausedPayment();
    const without = await anEngine({ agents: [anAgent({ id: 'payer' })] });
    const deps = { ...engine.deps, agents: without.deps.agents };

    const outcome = decide({ ...engine, deps }, run, { arguments: { to: 'b', cents: 1 } });

    await expect(outcome).rejects.toMatchObject({
      message: 'arguments: the agent has no tool pay any more',
    });
  });

  it('that comes too late is told the decision that was first, whatever the arguments', async () => {
    const { engine, run } = await aPausedPayment();
    await decide(engine, run, {});

    const outcome = decide(engine, run, { arguments: { to: '', cents: 1 } });

    await expect(outcome).rejects.toMatchObject({ code: 'run_state_conflict' });
  });
});
