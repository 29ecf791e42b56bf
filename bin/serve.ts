import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { describeEnvironment, readEnvironment } from './environment.ts';
import { serve } from './service.ts';

const help = `npm start [-- --anonymous]

The service on this machine.

  --anonymous  for clients that cannot send a token: whoever sends none is organisation dev.
               Listens to this machine only, and refuses web pages from elsewhere.

Environment:
${describeEnvironment()}`;

const options = { help: { type: 'boolean' }, anonymous: { type: 'boolean' } } as const;

try {
  const { values } = parseArgs({ options });
  if (values.help) console.log(help);
  else {
    await serve(readEnvironment(process.env), { anonymous: values.anonymous ?? false });
    // Timers of agents must not keep the process.
    await sleep(0);
    process.exit(0);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
