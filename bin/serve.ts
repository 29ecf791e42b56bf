import { setTimeout as sleep } from 'node:timers/promises';
import { describeEnvironment, readEnvironment } from './environment.ts';
import { serve } from './service.ts';

if (process.argv.includes('--help')) {
  console.log(`npm start\n\nThe service on this machine. Environment:\n${describeEnvironment()}`);
} else {
  try {
    await serve(readEnvironment(process.env));
    // Timers of agents must not keep the process.
    await sleep(0);
    process.exit(0);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
