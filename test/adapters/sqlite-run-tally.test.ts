import { anEngine } from '../builders/an-engine.ts';
import { runTallyTests } from './run-tally-tests.ts';

runTallyTests('SqliteRunTally', async () => {
  const engine = await anEngine({ idle: true });
  return { engine, tally: engine.runtime.tally };
});
