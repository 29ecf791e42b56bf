import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { hasEnded, type Run, RunOutput } from '#core/run/run.ts';
import { loadValue } from '#core/store/stored-value.ts';
import { randomFrom } from '../core/interleaving/turnstile.ts';
import { leftOvers } from '../core/left-overs.ts';
import { allEvents, expectAllowedEffects, expectLegalHistory } from '../core/legal-history.ts';
import { ChaosWorld, orgs, slotsPerTenant } from './chaos-world.ts';
import { Clients } from './clients.ts';
import { Unavailable } from './faults.ts';

/*
 * The whole embedded runtime, where everything that may go wrong between services does: messages and
 * starts that come twice, late or never, tokens that rotate, segments that are invoked while they
 * live, writes whose answer is lost, indexes that lag behind.
 */

const sessions = [1, 2, 3, 4].map((n) => `00000000-0000-4000-8000-00000000000${n}`);

const Submit = fc.record({
  do: fc.constant('submit' as const),
  org: fc.constantFrom(...orgs),
  /** At the same time. */
  runs: fc.array(
    fc.record({
      session: fc.constantFrom(...sessions),
      message: fc.constantFrom(
        '',
        'safe',
        'guarded',
        'risky',
        'safe guarded',
        'risky guarded safe',
      ),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});
/** Which of the runs there are; a number modulo how many. */
const Which = fc.nat({ max: 20 });
const Decide = fc.record({
  do: fc.constant('decide' as const),
  which: Which,
  decisions: fc.array(fc.constantFrom('APPROVE' as const, 'REJECT' as const), {
    minLength: 1,
    maxLength: 3,
  }),
});
const Cancel = fc.record({ do: fc.constant('cancel' as const), which: Which });
const Sweep = fc.record({ do: fc.constant('sweep' as const) });
const Time = fc.record({
  do: fc.constant('time' as const),
  seconds: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(2, 10, 31, 61) },
    { weight: 1, arbitrary: fc.constant(8 * 24 * 3600) },
  ),
});
const Action = fc.oneof(
  { weight: 4, arbitrary: Submit },
  { weight: 3, arbitrary: Decide },
  { weight: 1, arbitrary: Cancel },
  { weight: 3, arbitrary: Sweep },
  { weight: 4, arbitrary: Time },
);
type Action = typeof Action extends fc.Arbitrary<infer T> ? T : never;

/** Each with the turns of the event loop until the next one. */
const Workload = fc.array(fc.tuple(Action, fc.nat({ max: 40 })), { minLength: 8, maxLength: 28 });

async function perform(world: ChaosWorld, clients: Clients, action: Action): Promise<unknown> {
  if (action.do === 'submit')
    return Promise.all(
      action.runs.map((run) => clients.submit(action.org, run.session, run.message)),
    );
  if (action.do === 'time') return world.clock.advance(action.seconds * 1000);
  if (action.do === 'sweep') return world.sweep();
  const runs = await world.runs();
  const run = runs[action.which % runs.length];
  if (run === undefined) return undefined;
  if (action.do === 'cancel') return clients.cancel(run);
  const decisions = action.decisions.map((decision) => clients.decide(run, decision));
  return Promise.all(decisions);
}

/** Nobody asks again for what chance does with the service. */
function expected(error: unknown): void {
  if (!(error instanceof Unavailable)) throw error;
}

/** Lives, and may: it waits for a person, or for a run that does. */
function mayLive(run: Run, runs: readonly Run[]): boolean {
  if (hasEnded(run) || run.status === 'PAUSED') return true;
  if (run.status === 'RUNNING') return false;
  const others = runs.filter(({ orgId, status }) => orgId === run.orgId && status === 'PAUSED');
  const before = others.some((o) => o.sessionId === run.sessionId && o.turn < run.turn);
  return before || others.length === slotsPerTenant;
}

/** The faults are over: two sweeps later nothing stands still, and all comes to its end. */
async function settle(world: ChaosWorld, clients: Clients): Promise<Run[]> {
  // What became due while nobody swept is no fault of what the faults left behind.
  await world.sweep();
  await world.quiet();
  for (let round = 0; round < mostRounds; round += 1) {
    await world.sweepTwice();
    const runs = await world.runs();
    expect(runs.filter((run) => !mayLive(run, runs))).toEqual([]);
    if (runs.every(hasEnded)) return runs;
    for (const run of runs) await clients.decide(run, 'APPROVE');
    await world.quiet();
  }
  throw new Error('No end');
}

const mostRounds = 100;

/** As the run's answer tells them; those that were asked for of a run without one. */
async function toolsOf({ deps }: ChaosWorld, run: Run): Promise<string[]> {
  if (run.status !== 'COMPLETED') return run.messagePreview.split(' ');
  const { content } = await loadValue(deps, run.output, RunOutput);
  return content.split(', ').map((result) => result.replace(/: \w+$/, ''));
}

async function checkRun(world: ChaosWorld, clients: Clients, run: Run): Promise<void> {
  await expectLegalHistory(world.deps, run);
  await expectAllowedEffects(world.deps, run, world.effects);
  const told = world.told.filter(({ runId }) => runId === run.id).map(({ status }) => status);
  expect(told).toContain(run.status);
  expect(await toolsOf(world, run)).toEqual(run.messagePreview.split(' '));
  const events = await allEvents(world.deps, run);
  const approved = new Set<string>();
  for (const { type, data } of events) {
    // Who was told that theirs is the decision was told the truth, and nobody else was told so.
    if (type === 'approval.decided' && data.decidedBy !== 'system:expiry')
      expect([[], [data.decidedBy]]).toContainEqual(clients.deciders.get(data.approvalId) ?? []);
    // No decision is forgotten: what was approved is asked for again only after it was cut off.
    if (type === 'approval.requested' && approved.has(data.toolCallId))
      expect(data.reason).toContain('interrupted');
    if (type === 'approval.decided' && data.decision === 'APPROVE') approved.add(data.toolCallId);
  }
}

it('leaves one legal history of every run, whatever goes wrong between the services', async () => {
  await fc.assert(
    fc.asyncProperty(Workload, fc.integer(), async (workload, seed) => {
      const random = randomFrom(seed);
      vi.spyOn(Math, 'random').mockImplementation(random);
      const world = new ChaosWorld(random);
      const clients = new Clients(world);
      await world.runtime.start();
      world.faults.begin();
      const underWay: Promise<unknown>[] = [];
      world.onTold = (change) => void underWay.push(clients.approveAtOnce(change));
      for (const [action, turns] of workload) {
        underWay.push(perform(world, clients, action).catch(expected));
        for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
      }
      await Promise.all(underWay);
      world.faults.stop();
      await world.quiet();

      const runs = await settle(world, clients);

      const byId = new Map(runs.map((run) => [run.id, run]));
      expect(clients.submitted.filter(({ id }) => !byId.has(id))).toEqual([]);
      expect(runs.length).toBe(new Set(runs.map(({ userId }) => userId)).size);
      for (const { id } of clients.cancelled) expect(byId.get(id)?.status).toBe('CANCELLED');
      for (const run of runs) await checkRun(world, clients, run);
      expect(world.failures.filter((error) => !/^(Unavailable|LeaseHeld):/.test(error))).toEqual(
        [],
      );
      for (const orgId of orgs) expect(await leftOvers(world.deps, orgId)).toEqual([]);
      await world.runtime.stop();
    }),
    { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 100), endOnFailure: true },
  );
}, 120_000);
