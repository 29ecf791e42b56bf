import { systemClock } from '#adapters/system-clock.ts';
import { readEnvironment } from '../../bin/environment.ts';
import { serve } from '../../bin/service.ts';
import { Faults } from './faults.ts';
import { inChaos } from './in-chaos.ts';

/*
 * The service in a world where nothing gets lost, so that nobody has to wait for the sweeper, but
 * everything may come twice, late and out of order. For the conformance suite, which takes a service
 * as it is.
 */
const faults = new Faults({
  random: Math.random,
  clock: systemClock,
  latestMs: 300,
  losses: false,
});
faults.begin();
await serve(readEnvironment(process.env), { decorate: inChaos(faults) });
process.exit(0);
