import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { decideApproval } from '#core/approval/decide-approval.ts';
import { isSettled, type Run } from '#core/run/run.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { aPrincipal } from '../../builders/a-principal.ts';
import { workingAgent } from '../../builders/an-agent.ts';
import { anEngine, type Engine } from '../../builders/an-engine.ts';
import { allModes, aStreamRequest, toldOf } from './told.ts';

const aWorkshop = () => anEngine({ agents: [workingAgent(() => undefined)] });

const work = (engine: Engine, message: string, sessionId?: string) =>
  engine.submit({ agentId: 'worker', message, sessionId });

async function decide(engine: Engine, run: Run, decision: 'APPROVE' | 'REJECT' = 'APPROVE') {
  await decideApproval(engine.deps, {
    ...keyOf(run),
    decision,
    by: aPrincipal('ann'),
    idempotency: undefined,
  });
}

const resumedAfter = (run: Run, pauses: number) => {
  const request = aStreamRequest(run);
  return { ...request, run: { ...request.run, id: `resumed-${pauses}`, pausesBefore: pauses } };
};

it('tells a reader who comes back at any point exactly the rest', async () => {
  const engine = await aWorkshop();
  const run = await work(engine, 'safe guarded risky');
  await engine.reach(run, isSettled);
  await decide(engine, run);
  await engine.reach(run, ({ status }) => status === 'COMPLETED');
  const stories = [aStreamRequest(run), resumedAfter(run, 1)];
  const modes = fc.subarray([...allModes], { minLength: 1 });

  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...stories), modes, fc.nat(), async (story, some, nat) => {
      const whole = await toldOf(engine, { ...story, modes: some });
      const cut = nat % (whole.length + 1);
      const lastEventId = whole[cut - 1]?.id;

      const rest = await toldOf(engine, { ...story, modes: some, lastEventId });

      expect(rest).toEqual(whole.slice(cut));
    }),
    { numRuns: 60 },
  );
});

it('tells live what it tells afterwards', async () => {
  const engine = await aWorkshop();
  const before = await work(engine, 'safe');
  const run = await work(engine, 'safe risky safe', before.sessionId);

  const live = await toldOf(engine, aStreamRequest(run));

  expect(await toldOf(engine, aStreamRequest(run))).toEqual(live);
  expect(live.at(-1)?.object).toMatchObject({ event: 'on_chain_end' });
});

it('names each part once, whatever is asked for', async () => {
  const engine = await aWorkshop();
  const run = await work(engine, 'safe risky');

  const whole = await toldOf(engine, aStreamRequest(run));
  const values = await toldOf(engine, aStreamRequest(run, { modes: ['values'] }));

  expect(new Set(whole.map(({ id }) => id)).size).toBe(whole.length);
  expect(values).toEqual(whole.filter(({ event }) => event === 'values' || event === 'metadata'));
});
