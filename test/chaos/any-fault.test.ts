import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { hasEnded, type Run } from '#core/run/run.ts';
import { randomFrom } from '../core/interleaving/turnstile.ts';
import { leftOvers } from '../core/left-overs.ts';
import { expectSessionOrder } from '../core/legal-history.ts';
import { ChaosWorld, orgs, slotsPerTenant } from './chaos-world.ts';
import { checkRun } from './check-run.ts';
import { Clients } from './clients.ts';
import { Unavailable } from './faults.ts';
import { perform, Workload } from './workload.ts';

/*
 * The whole embedded runtime, where everything that may go wrong between services does: messages and
 * starts that come twice, late or never, tokens that rotate, segments that are invoked while they
 * live, writes whose answer is lost, indexes that lag behind.
 */

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
      expectSessionOrder(runs);
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
