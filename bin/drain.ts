import { parseArgs } from 'node:util';
import { isDraining, setDraining } from '#core/tenant/tenant-settings.ts';
import { openStore, whereTheStoreIs } from './open-store.ts';

const usage = `npm run drain -- begin     starts no more runs of anybody; what runs goes on
npm run drain -- end       starts them again: within a minute every queued run is rung for
npm run drain -- status

Submissions are taken all the while and stay QUEUED. It holds within 10 seconds.
${whereTheStoreIs}`;

const { positionals, values } = parseArgs({
  options: { table: { type: 'string' }, help: { type: 'boolean' } },
  allowPositionals: true,
});

async function main(command: string | undefined): Promise<void> {
  if (command === undefined || !['begin', 'end', 'status'].includes(command))
    throw new Error(usage);
  const { store, close } = await openStore(values.table);
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
