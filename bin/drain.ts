import { parseArgs } from 'node:util';
import { isDraining, setDraining } from '#core/tenant/tenant-settings.ts';
import { storeOf, tableOption } from './store-of.ts';

const usage = `npm run drain -- begin     starts no more runs of anybody; what runs goes on
npm run drain -- end       starts them again: within a minute every queued run is rung for
npm run drain -- status

Submissions are taken all the while and stay QUEUED. It holds within 10 seconds.
Of the service on this machine, whose data lie in DATA_DIR, or with

${tableOption}`;

const { positionals, values } = parseArgs({
  options: { table: { type: 'string' }, help: { type: 'boolean' } },
  allowPositionals: true,
});

async function main(command: string | undefined): Promise<void> {
  if (command === undefined || !['begin', 'end', 'status'].includes(command))
    throw new Error(usage);
  const { store, close } = await storeOf(values.table);
  try {
    if (command !== 'status') await setDraining({ store }, command === 'begin');
    console.log((await isDraining({ store })) ? 'draining: no run is started' : 'not draining');
  } finally {
    await close();
  }
}

if (values.help) console.log(usage);
else {
  try {
    await main(positionals[0]);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
