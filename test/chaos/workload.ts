import fc from 'fast-check';
import { type ChaosWorld, orgs } from './chaos-world.ts';
import type { Clients } from './clients.ts';

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
export type Action = typeof Action extends fc.Arbitrary<infer T> ? T : never;

/** Each with the turns of the event loop until the next one. */
export const Workload = fc.array(fc.tuple(Action, fc.nat({ max: 40 })), {
  minLength: 8,
  maxLength: 28,
});

export async function perform(
  world: ChaosWorld,
  clients: Clients,
  action: Action,
): Promise<unknown> {
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
