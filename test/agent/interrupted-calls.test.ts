import { describe, expect, it } from 'vitest';
import { anAgentWith, aTool, callsInTurn } from './a-tool.ts';
import { AgentDriver, approved, rejected } from './agent-driver.ts';

/** A run whose process was killed in the middle of its tool call. */
async function anInterruptedRun(tool: NonNullable<Parameters<typeof aTool>[0]> = {}) {
  const attempts: string[] = [];
  const run = new AgentDriver(
    anAgentWith(
      aTool({
        does: (_, { idempotencyKey }) => {
          attempts.push(idempotencyKey);
          return 'done';
        },
        ...tool,
      }),
    ),
  );
  await run.step();
  await run.crash();
  return { run, attempts, begun: run.begun[0] };
}

describe('a call that was interrupted', () => {
  it('is recorded before it begins', async () => {
    const order: string[] = [];
    const run = new AgentDriver(anAgentWith(aTool({ does: () => order.push('executed') })));
    await run.step();

    await run.step({ begin: async () => void order.push('recorded') });

    expect(order).toEqual(['recorded', 'executed']);
  });

  it('does not begin when that cannot be recorded', async () => {
    const attempts: unknown[] = [];
    const run = new AgentDriver(anAgentWith(aTool({ does: (args) => attempts.push(args) })));
    await run.step();

    const step = run.step({ begin: () => Promise.reject(new Error('lease lost')) });

    await expect(step).rejects.toThrow('lease lost');
    expect(attempts).toEqual([]);
  });

  it('is not repeated silently: a person is asked, and told why', async () => {
    const { run, attempts, begun } = await anInterruptedRun();

    const approval = await run.ask({ begun });

    expect(begun).toBe('call_0_0');
    expect(approval).toMatchObject({ tool: 'work', arguments: { n: 1 } });
    expect(approval.reason).toMatch(/work was interrupted, and may or may not have taken effect/);
    expect(attempts).toHaveLength(1);
  });

  it('runs again, with the same key, when the person says so', async () => {
    const { run, attempts, begun } = await anInterruptedRun();
    const approval = await run.ask({ begun });

    const answer = await run.answer({ decision: approved(approval) });

    expect(answer).toBe('ok: done');
    expect(attempts).toHaveLength(2);
    expect(new Set(attempts).size).toBe(1);
  });

  it('stays as it is when the person refuses, and the model is told', async () => {
    const { run, attempts, begun } = await anInterruptedRun();
    const approval = await run.ask({ begun });

    const answer = await run.answer({ decision: rejected(approval, 'it was sent') });

    expect(answer).toBe('denied: it was sent');
    expect(attempts).toHaveLength(1);
  });

  it('is asked about although it was approved before it began', async () => {
    const { run, attempts } = await anInterruptedRun({ approval: { when: 'always' } });
    const approval = await run.ask();
    await run.crash({ decision: approved(approval) });

    const again = await run.ask({ decision: approved(approval), begun: run.begun[0] });

    expect(again.reason).toContain('interrupted');
    expect(attempts).toHaveLength(1);
  });

  it('is simply repeated where that does no harm', async () => {
    const { run, attempts } = await anInterruptedRun({ idempotent: true });

    expect(run.begun).toEqual([]);
    expect(await run.answer()).toBe('ok: done');
    expect(attempts).toHaveLength(2);
  });

  it('does not make the next call suspicious', async () => {
    const run = new AgentDriver(anAgentWith(aTool(), { script: callsInTurn([{}, {}]) }));
    await run.step();
    await run.step();

    const answer = await run.answer({ begun: 'call_0_0' });

    expect(answer).toBe('ok: {"n":1}; ok: {"n":1}');
  });
});
