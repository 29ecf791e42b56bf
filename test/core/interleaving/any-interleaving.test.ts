import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import type { Run } from '#core/run/run.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { runCheckpoints } from '#core/session/checkpoints.ts';
import { toolCallsOf } from '#core/session/transcript.ts';
import {
  expectAllowedEffects,
  expectLegalHistory,
  expectOneTranscript,
  expectSessionOrder,
} from '../legal-history.ts';
import { randomFrom } from './turnstile.ts';
import { immortal, World } from './world.ts';

/*
 * Whatever separate processes do to the same runs at the same time, and wherever they die: one legal
 * history, one end, nothing leaked, nothing done twice.
 */

const sessions = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'];

const Message = fc.constantFrom(
  '',
  'safe',
  'guarded',
  'risky',
  'safe guarded',
  'risky safe guarded',
);
/** How a run enters its session; most simply wait for their turn. */
const Entry = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.record({
      whenBusy: fc.constantFrom('enqueue', 'reject', 'interrupt', 'rollback'),
      supersedesPause: fc.boolean(),
      keepsSteps: fc.boolean(),
    }),
  },
);
/** Which of the runs, messages or executions there are; a number modulo how many. */
const Pick = fc.nat({ max: 20 });
/** Store operations until the process dies; most live. */
const Life = fc.record({
  operationsLeft: fc.oneof(
    { weight: 2, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
    { weight: 1, arbitrary: fc.nat({ max: 24 }) },
  ),
  lastTakesEffect: fc.boolean(),
});

const Action = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('submit' as const),
      pick: Pick,
      life: Life,
      message: Message,
      entry: Entry,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('dispatch' as const), pick: Pick, life: Life }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('advance' as const), pick: Pick, life: Life }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('double' as const),
      pick: Pick,
      turns: fc.nat({ max: 16 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('approve' as const), pick: Pick, life: Life }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('reject' as const), pick: Pick, life: Life }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('cancel' as const), pick: Pick, life: Life }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('remove' as const), pick: Pick, life: Life }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('sweep' as const), life: Life }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('time' as const),
      seconds: fc.constantFrom(5, 31, 61, 8 * 24 * 3600),
      turns: fc.nat({ max: 20 }),
    }),
  },
);
type Action = typeof Action extends fc.Arbitrary<infer T> ? T : never;

/** Actions of one burst happen at the same time. */
const Bursts = fc.array(fc.array(Action, { minLength: 1, maxLength: 6 }), {
  minLength: 3,
  maxLength: 14,
});

const choose = <T>(of: readonly T[], pick: number): T | undefined => of[pick % of.length];

async function perform(world: World, action: Action): Promise<void> {
  if (action.do === 'time') return world.time(action.seconds * 1000, action.turns);
  if (action.do === 'double') return double(world, action);
  const work = await workOf(world, action);
  if (work) await world.act(action.life, work);
}

/** A segment is invoked again, its lease over, while its first invocation still lives. */
async function double(world: World, { pick, turns }: { pick: number; turns: number }) {
  const execution = choose([...world.executions.values()], pick);
  if (execution === undefined) return;
  const again = async () => {
    await world.time(31_000, turns);
    await world.act(immortal, world.advance(execution));
  };
  await Promise.all([world.act(immortal, world.advance(execution)), again()]);
}

async function workOf(world: World, action: Exclude<Action, { do: 'time' | 'double' }>) {
  if (action.do === 'sweep') return world.sweep();
  if (action.do === 'submit')
    return world.submit(choose(sessions, action.pick) ?? '', action.message, action.entry);
  if (action.do === 'dispatch') {
    const message = choose(world.messages, action.pick);
    return message && world.dispatch(message);
  }
  if (action.do === 'advance') {
    const execution = choose([...world.executions.values()], action.pick);
    return execution && world.advance(execution);
  }
  const chosen = choose(await world.runs(), action.pick);
  if (chosen === undefined) return undefined;
  const run = keyOf(chosen);
  if (action.do === 'cancel') return world.cancel(run);
  if (action.do === 'remove') return world.remove(run);
  return world.decide(run, action.do === 'approve' ? 'APPROVE' : 'REJECT');
}

it('leaves one legal history of every run, whatever happens at the same time', async () => {
  await fc.assert(
    fc.asyncProperty(Bursts, fc.integer(), async (bursts, seed) => {
      const random = randomFrom(seed);
      vi.spyOn(Math, 'random').mockImplementation(random);
      const world = new World(random);
      world.onEffect = async ({ key }) => {
        const [runId = ''] = key.split(':');
        const run = (await world.runs()).find((one) => one.id === runId);
        const checkpoints = run ? await runCheckpoints(world.deps, run, runId) : [];
        const finished = toolCallsOf(checkpoints.flatMap((one) => one.appended));
        expect(finished.map((call) => `${runId}:${call.toolCallId}`)).not.toContain(key);
      };
      for (const burst of bursts)
        await world.turnstile.run(Promise.all(burst.map((action) => perform(world, action))));
      let ended: Run[] = [];
      await world.turnstile.run(world.settle().then((runs) => (ended = runs)));
      expectSessionOrder(ended);
      for (const run of ended) {
        await expectLegalHistory(world.deps, run);
        await expectAllowedEffects(world.deps, run, world.effects);
        await expectOneTranscript(world.deps, run);
      }
      await world.close();
    }),
    { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 250), endOnFailure: true },
  );
}, 120_000);
