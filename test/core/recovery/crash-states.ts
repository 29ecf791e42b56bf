import { describe, expect, it } from 'vitest';
import { expectExactTally } from '../expect-exact-tally.ts';
import { leftOvers, runsOf } from '../left-overs.ts';
import { expectAllowedEffects, expectLegalHistory } from '../legal-history.ts';
import { CrashWorld, type WorldOptions } from './crash-world.ts';
import type { Rest } from './surroundings.ts';

export interface CrashScenario<Subject> extends Omit<WorldOptions, 'rest'> {
  /** Calls that change something, as far as they are known: the list of states must not shrink. */
  readonly knownChanges: number;
  /** Up to the moment at which the use case begins. */
  arrange(world: CrashWorld): Promise<Subject>;
  /** The use case, in the process that dies at one of its calls. */
  act(world: CrashWorld, subject: Subject): Promise<unknown>;
  /** Where everything is after two sweeps. @param changes those the process made before it died */
  recovered(world: CrashWorld, subject: Subject, changes: readonly string[]): Promise<void>;
}

const orgs = ['acme', 'other'];
/** A use case that makes more of them comes to no end. */
const mostChanges = 100;

/**
 * Every state that a crash of the use case can leave behind, one test each: its process dies before
 * its first change of the world, before its second, and so on, until it has made them all. Reading
 * changes nothing, so that dying at a read leaves a state that is there already.
 */
export async function crashStates<Subject>(
  useCase: string,
  scenario: CrashScenario<Subject>,
): Promise<void> {
  const changesKept = await changesOf(scenario, 'kept');
  const changesLost = await changesOf(scenario, 'lost');
  describe(`when a process dies while ${useCase}`, () => {
    it(`has at least ${scenario.knownChanges} moments to do so`, () => {
      expect(changesKept.length).toBeGreaterThanOrEqual(scenario.knownChanges);
      expect(changesKept.length).toBeLessThan(mostChanges);
    });

    for (const [changes, rest] of [
      [changesKept, 'kept'],
      [changesLost, 'lost'],
    ] as const)
      for (const made of [...changes, 'all'].keys())
        it(nameOf(changes, made, rest), () => recovers(scenario, changes, made, rest));
  });
}

async function recovers<Subject>(
  scenario: CrashScenario<Subject>,
  changes: readonly string[],
  made: number,
  rest: Rest,
): Promise<void> {
  const world = new CrashWorld({ ...scenario, rest });
  try {
    const subject = await crash(world, scenario, made);
    expect(world.doomed.life.changes).toEqual(changes.slice(0, made));
    expect(world.doomed.life.lastWish).toBe(changes[made]);

    await world.recover();

    await scenario.recovered(world, subject, changes.slice(0, made));
    await expectNothingLeaked(world);
  } finally {
    await world.close();
  }
}

async function crash<Subject>(
  world: CrashWorld,
  { arrange, act }: CrashScenario<Subject>,
  changes: number,
): Promise<Subject> {
  const { life } = world.doomed;
  const subject = await arrange(world);
  await world.quiet();
  world.doom(changes);
  await Promise.race([act(world, subject), life.death]);
  life.end();
  return subject;
}

/** What the use case changes when nothing happens to it. */
async function changesOf<Subject>(
  scenario: CrashScenario<Subject>,
  rest: Rest,
): Promise<readonly string[]> {
  const world = new CrashWorld({ ...scenario, rest });
  await crash(world, scenario, mostChanges);
  await world.close();
  return world.doomed.life.changes;
}

function nameOf(changes: readonly string[], made: number, rest: Rest): string {
  const after = changes[made - 1] ?? 'nothing';
  const before = changes[made] ?? 'its end';
  const tail = rest === 'lost' ? ', and all that it sent is lost' : '';
  return `${made}: after ${after}, before ${before}${tail}`;
}

async function expectNothingLeaked(world: CrashWorld): Promise<void> {
  await world.retryHanging();
  for (const orgId of orgs) {
    await expectExactTally(world.tallies, [{ orgId }]);
    expect(await leftOvers(world.deps, orgId)).toEqual([]);
    for (const run of await runsOf(world.deps, orgId)) {
      await expectLegalHistory(world.deps, run);
      await expectAllowedEffects(world.deps, run, world.effects);
      const told = world.told.filter(({ runId }) => runId === run.id).map(({ status }) => status);
      expect(told).toContain(run.status);
    }
  }
}
