import { expect, it } from 'vitest';
import * as z from 'zod';
import { FileBlobStore } from '#adapters/embedded/file-blob-store.ts';
import { makeAgent } from '#agent/make-agent.ts';
import { scriptedModel } from '#agent/scripted-model.ts';
import { eventsAfter, keyOf } from '#core/run/run-repository.ts';
import { anAgent } from '../builders/an-agent.ts';
import { aFolder, anEngine } from '../builders/an-engine.ts';
import { anAgentWith, aTool, callsInTurn } from './a-tool.ts';
import { AgentDriver, listeningModel } from './agent-driver.ts';

it('a percentage that is no number does not make the events of a run unreadable', async () => {
  const tool = aTool({
    does: (_, { progress }) => progress({ phase: 'reading', percentage: Number.NaN }),
  });
  const engine = await anEngine({ agents: [anAgentWith(tool)] });
  const run = await engine.submit({ agentId: 'agent' });
  await engine.reach(run, ({ status }) => status === 'COMPLETED');

  const events = await eventsAfter(engine.deps, keyOf(run), 0);

  expect(events.at(-1)).toMatchObject({ type: 'run.completed' });
});
it.each([
  ['a text', 'half done'],
  ['nothing', undefined],
  ['a number as phase', { phase: 1 }],
])('progress that is %s does not make the events unreadable', async (_, update) => {
  const tool = aTool({ does: (_a, { progress }) => Reflect.apply(progress, undefined, [update]) });
  const engine = await anEngine({ agents: [anAgentWith(tool)] });
  const run = await engine.submit({ agentId: 'agent' });
  await engine.reach(run, ({ status }) => status === 'COMPLETED');

  const events = await eventsAfter(engine.deps, keyOf(run), 0);

  expect(events.at(-1)).toMatchObject({ type: 'run.completed' });
});
it('a tool may transform its arguments', async () => {
  const tool = aTool({ input: z.object({ n: z.string().transform(Number) }) });
  const run = new AgentDriver(anAgentWith(tool, { script: callsInTurn([{ input: { n: '7' } }]) }));

  expect(await run.answer()).toBe('ok: {"n":7}');
});
it('the model may leave out an argument that has a default', async () => {
  const { model, heard } = listeningModel(scriptedModel(() => ({ text: 'hi' })));
  const tool = aTool({ input: z.object({ n: z.number().default(5) }) });

  await new AgentDriver(anAgentWith(tool, { model })).answer();

  expect(heard[0]?.tools?.[0]).not.toMatchObject({ inputSchema: { required: ['n'] } });
});
it('an approval predicate that throws asks a person or tells the model, and does not throw in the engine', async () => {
  const tool = aTool({
    approval: {
      when: () => {
        throw new Error('bug');
      },
    },
  });
  const run = new AgentDriver(anAgentWith(tool));
  await run.step();

  const outcome = (await run.step()).outcome;

  expect(['pause', 'continue', 'fail']).toContain(outcome.kind);
});
it('an agent that cannot suggest questions has its answer all the same', async () => {
  const agent = anAgent({
    script: ({ wantsJson }) => {
      if (wantsJson) throw new Error('overloaded');
      return { text: 'the answer' };
    },
  });
  const run = new AgentDriver(agent, { request: { generateFollowups: true } });

  expect(await run.drive()).toMatchObject({ kind: 'done', output: { content: 'the answer' } });
});
it('two tools of one name are refused', () => {
  expect(() =>
    makeAgent(anAgent({ tools: [aTool(), aTool()] }), 'v1', new FileBlobStore(aFolder())),
  ).toThrow();
});
it('a tool whose input is checked asynchronously tells the model', async () => {
  const tool = aTool({ input: z.object({ n: z.number().refine(async () => true) }) });
  const run = new AgentDriver(anAgentWith(tool));
  await run.step();

  expect((await run.step()).outcome.kind).toBe('continue');
});
it('a result that is a function says what is wrong with it', async () => {
  const tool = aTool({ does: () => () => 1 });
  expect(await new AgentDriver(anAgentWith(tool)).answer()).not.toContain('Buffer');
});
