import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { anAgentWith, aTool, callsInTurn } from './a-tool.ts';
import { AgentDriver, approved, rejected } from './agent-driver.ts';

type ToolOptions = NonNullable<Parameters<typeof aTool>[0]>;

/** A run of an agent whose tool asks, and what the tool has done. */
function aGuardedRun(overrides: ToolOptions = {}, script = callsInTurn([{}])) {
  const done: unknown[] = [];
  const tool = aTool({
    approval: { when: 'always' },
    does: (args) => {
      done.push(args);
      return 'done';
    },
    ...overrides,
  });
  return { run: new AgentDriver(anAgentWith(tool, { script })), done };
}

describe('a tool that needs an approval', () => {
  it('does nothing before it is given', async () => {
    const { run, done } = aGuardedRun();

    const approval = await run.ask();

    expect(approval).toMatchObject({
      tool: 'work',
      toolCallId: 'call_0_0',
      arguments: { n: 1 },
      reason: 'work needs an approval.',
    });
    expect(done).toEqual([]);
    expect(run.begun).toEqual([]);
  });

  it('runs with exactly the arguments that were shown', async () => {
    const { run, done } = aGuardedRun({}, callsInTurn([{ input: { n: 3 } }]));
    const approval = await run.ask();

    const answer = await run.answer({ decision: approved(approval) });

    expect(answer).toBe('ok: done');
    expect(done).toEqual([approval.arguments]);
  });

  it('does not run when it is refused, and the model is told why', async () => {
    const { run, done } = aGuardedRun();
    const approval = await run.ask();

    const answer = await run.answer({ decision: rejected(approval, 'not on a Sunday') });

    expect(answer).toBe('denied: not on a Sunday');
    expect(done).toEqual([]);
  });

  it('is refused with words of our own where the person gave none', async () => {
    const { run } = aGuardedRun();
    const approval = await run.ask();

    const answer = await run.answer({ decision: rejected(approval) });

    expect(answer).toMatch(/^denied: \w.+/);
  });

  it('asks again as long as nobody has decided', async () => {
    const { run, done } = aGuardedRun();
    const first = await run.ask();

    const second = await run.ask();

    expect(second).toEqual(first);
    expect(done).toEqual([]);
  });

  it('is decided on each call by itself', async () => {
    const { run, done } = aGuardedRun({}, callsInTurn([1, 2, 3].map((n) => ({ input: { n } }))));

    const first = await run.ask();
    const second = await run.ask({ decision: rejected(first, 'no') });
    const third = await run.ask({ decision: approved(second) });
    const answer = await run.answer({ decision: approved(third) });

    expect(answer).toBe('denied: no; ok: done; ok: done');
    expect(done).toEqual([{ n: 2 }, { n: 3 }]);
  });

  it('is not troubled with arguments that do not fit', async () => {
    const { run, done } = aGuardedRun({}, callsInTurn([{ input: { n: 'x' } }]));

    expect(await run.answer()).toContain('error: Invalid arguments');
    expect(done).toEqual([]);
  });

  it('is asked for as long as the tool says, and then treated as the tool says', async () => {
    const approval = { when: 'always', expiresAfterSeconds: 60, onExpiry: 'cancel' } as const;

    expect(await aGuardedRun({ approval }).run.ask()).toMatchObject({
      expiresAfterSeconds: 60,
      onExpiry: 'cancel',
    });
  });

  it('is asked for a week, and then refused, where the tool says nothing', async () => {
    expect(await aGuardedRun().run.ask()).toMatchObject({
      expiresAfterSeconds: 7 * 24 * 3600,
      onExpiry: 'reject',
    });
  });
});

describe('a tool that needs an approval for some arguments', () => {
  const large = {
    input: z.object({ n: z.number().default(1000) }),
    approval: { when: (args: unknown) => z.object({ n: z.number() }).parse(args).n > 100 },
  };

  it.each([[{ n: 101 }], [{}]])('asks for %j', async (input) => {
    const { run, done } = aGuardedRun(large, callsInTurn([{ input }]));

    await run.ask();

    expect(done).toEqual([]);
  });

  it('runs with others without asking', async () => {
    const { run, done } = aGuardedRun(large, callsInTurn([{ input: { n: 100 } }]));

    await run.answer();

    expect(done).toEqual([{ n: 100 }]);
  });
});

describe('a decision', () => {
  it('on another call is none on this one', async () => {
    const { run, done } = aGuardedRun();
    const approval = await run.ask();

    const again = await run.ask({ decision: { ...approved(approval), toolCallId: 'call_9_9' } });

    expect(again).toEqual(approval);
    expect(done).toEqual([]);
  });

  it('on other arguments is asked for again', async () => {
    const { run, done } = aGuardedRun();
    const approval = await run.ask();

    const again = await run.ask({ decision: { ...approved(approval), callHash: 'other' } });

    expect(again.callHash).toBe(approval.callHash);
    expect(done).toEqual([]);
  });

  it('is asked for again, saying why, when the agent has changed since', async () => {
    const { run, done } = aGuardedRun();
    const approval = await run.ask();
    run.redeploy('v2');

    const again = await run.ask({ decision: approved(approval) });

    expect(again.reason).toBe('The agent has changed since work was approved.');
    expect(again.callHash).not.toBe(approval.callHash);
    expect(done).toEqual([]);
    expect(await run.answer({ decision: approved(again) })).toBe('ok: done');
  });

  it('to refuse holds although the agent has changed since', async () => {
    const { run, done } = aGuardedRun();
    const approval = await run.ask();
    run.redeploy('v2');

    expect(await run.answer({ decision: rejected(approval, 'no') })).toBe('denied: no');
    expect(done).toEqual([]);
  });

  it('to refuse holds although the tool is gone', async () => {
    const { run } = aGuardedRun({ name: 'gone' }, callsInTurn([{ name: 'gone' }]));
    const approval = await run.ask();

    expect(await run.answer({ decision: rejected(approval, 'no') })).toBe('denied: no');
  });

  it('is bound to the tool and the arguments, whatever the order of their names', async () => {
    const hashOf = async (input: object, name = 'work') => {
      const options = { name, input: z.looseObject({}) };
      const { callHash } = await aGuardedRun(options, callsInTurn([{ name, input }])).run.ask();
      return callHash;
    };

    const hash = await hashOf({ a: 1, b: { c: 2, d: 3 } });

    expect(await hashOf({ b: { d: 3, c: 2 }, a: 1 })).toBe(hash);
    expect(await hashOf({ a: 1, b: { c: 2, d: 4 } })).not.toBe(hash);
    expect(await hashOf({ a: '1', b: { c: 2, d: 3 } })).not.toBe(hash);
    expect(await hashOf({ a: 1, b: { c: 2, d: 3 } }, 'other')).not.toBe(hash);
  });
});
