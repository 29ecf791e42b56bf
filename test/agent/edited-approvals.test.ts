import { describe, expect, it } from 'vitest';
import { scriptedModel } from '#agent/scripted-model.ts';
import { anAgentWith, aTool, callsInTurn } from './a-tool.ts';
import { AgentDriver, approved, approvedWith, listeningModel, rejected } from './agent-driver.ts';

type ToolOptions = NonNullable<Parameters<typeof aTool>[0]>;

/** A run of an agent whose tool asks, what the tool has done, and what the model has been told. */
function aGuardedRun(overrides: ToolOptions = {}, script = callsInTurn([{}])) {
  const done: unknown[] = [];
  const { model, heard } = listeningModel(scriptedModel(script));
  const tool = aTool({
    approval: { when: 'always' },
    does: (args) => {
      done.push(args);
      return { did: args };
    },
    ...overrides,
  });
  return { run: new AgentDriver(anAgentWith(tool, { model })), done, heard };
}

describe('a call that is approved with other arguments', () => {
  it('is made with exactly those', async () => {
    const { run, done } = aGuardedRun();
    const approval = await run.ask();

    const answer = await run.answer({ decision: approvedWith(approval, { n: 2 }) });

    expect(done).toEqual([{ n: 2 }]);
    expect(answer).toBe('ok: {"did":{"n":2}}');
  });

  it('is shown with those to whoever reads along, and in the list of calls', async () => {
    const { run } = aGuardedRun();
    const approval = await run.ask();

    await run.answer({ decision: approvedWith(approval, { n: 2 }) });

    expect(run.events).toContainEqual({
      type: 'tool.started',
      data: { toolCallId: 'call_0_0', tool: 'work', arguments: { n: 2 } },
    });
    expect(run.toolCalls).toMatchObject([{ name: 'work', arguments: { n: 2 } }]);
  });

  it('stays in the transcript as the model asked for it', async () => {
    const { run } = aGuardedRun();
    const approval = await run.ask();

    await run.answer({ decision: approvedWith(approval, { n: 2 }) });

    expect(run.messages[1]?.content).toMatchObject([{ type: 'tool-call', input: { n: 1 } }]);
    expect(run.messages[2]?.content).toMatchObject([{ editedArguments: { n: 2 } }]);
  });

  it('is told to the model as what it was', async () => {
    const { run, heard } = aGuardedRun();
    const approval = await run.ask();

    await run.answer({ decision: approvedWith(approval, { n: 2 }) });

    const told = heard[1]?.prompt.at(-1)?.content[0];
    expect(told).toMatchObject({ output: { type: 'text' } });
    expect(JSON.stringify(told)).toMatch(/A person changed the arguments .* made with .*n.*2/);
  });

  it('is told to a script as if it had asked for it', async () => {
    const seen: unknown[] = [];
    const { run } = aGuardedRun({}, (context) => {
      seen.push(...context.results);
      return callsInTurn([{}])(context);
    });
    const approval = await run.ask();

    await run.answer({ decision: approvedWith(approval, { n: 2 }) });

    expect(seen).toEqual([
      { toolName: 'work', input: { n: 2 }, value: { did: { n: 2 } }, outcome: 'ok' },
    ]);
  });

  it('goes wrong like any other where the tool cannot take them after all', async () => {
    const { run, done, heard } = aGuardedRun();
    const approval = await run.ask();

    const answer = await run.answer({ decision: approvedWith(approval, { n: 'x' }) });

    expect(answer).toMatch(/^error: Invalid arguments: n: /);
    expect(done).toEqual([]);
    expect(heard[1]?.prompt.at(-1)?.content[0]).toMatchObject({
      output: { type: 'error-text', value: expect.stringContaining('A person changed') },
    });
  });

  it('changes no other call of the same turn', async () => {
    const { run, done } = aGuardedRun({}, callsInTurn([1, 2].map((n) => ({ input: { n } }))));
    const first = await run.ask();

    const second = await run.ask({ decision: approvedWith(first, { n: 10 }) });
    await run.answer({ decision: approved(second) });

    expect(second.arguments).toEqual({ n: 2 });
    expect(done).toEqual([{ n: 10 }, { n: 2 }]);
  });

  it('is asked for as proposed when the agent has changed since', async () => {
    const { run, done } = aGuardedRun();
    const approval = await run.ask();
    run.redeploy('v2');

    const again = await run.ask({ decision: approvedWith(approval, { n: 2 }) });

    expect(again).toMatchObject({
      arguments: { n: 1 },
      reason: expect.stringContaining('changed'),
    });
    expect(done).toEqual([]);
  });
});

describe('a call that was interrupted after it was approved with other arguments', () => {
  async function anInterruptedRun(tool: ToolOptions = {}) {
    const guarded = aGuardedRun(tool);
    const { run } = guarded;
    const decision = approvedWith(await run.ask(), { n: 2 });
    await run.crash({ decision });
    return { ...guarded, decision, begun: run.begun[0] };
  }

  it('is asked about with those', async () => {
    const { run, decision, begun } = await anInterruptedRun();

    const again = await run.ask({ decision, begun });

    expect(again).toMatchObject({
      arguments: { n: 2 },
      reason: expect.stringContaining('interrupted'),
    });
    expect(again.callHash).not.toBe(decision.callHash);
  });

  it('is made with those again, and the model is told, when the person says so', async () => {
    const { run, done, decision, begun } = await anInterruptedRun();
    const again = await run.ask({ decision, begun });

    await run.answer({ decision: approved(again) });

    expect(done).toEqual([{ n: 2 }, { n: 2 }]);
    expect(run.messages[2]?.content).toMatchObject([{ editedArguments: { n: 2 } }]);
  });

  it('is not made again when the person refuses', async () => {
    const { run, done, decision, begun } = await anInterruptedRun();
    const again = await run.ask({ decision, begun });

    expect(await run.answer({ decision: rejected(again, 'done') })).toBe('denied: done');
    expect(done).toEqual([{ n: 2 }]);
  });

  it('is simply repeated with those where that does no harm', async () => {
    const { run, done, decision } = await anInterruptedRun({ idempotent: true });

    await run.answer({ decision });

    expect(done).toEqual([{ n: 2 }, { n: 2 }]);
  });
});
