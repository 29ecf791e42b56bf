import { parseArgs } from 'node:util';
import * as z from 'zod';
import { systemClock } from '#adapters/system-clock.ts';
import { OrgId } from '#core/tenant/ids.ts';
import {
  changeTenantSettings,
  readQueueControl,
  TenantLimits,
} from '#core/tenant/tenant-settings.ts';
import { openStore, whereTheStoreIs } from './open-store.ts';

const usage = `npm run tenants -- show --org ORGANISATION
npm run tenants -- set --org ORGANISATION [--running N] [--queued N] [--submits-per-minute N]

  --running N             runs that run or wait for a decision at the same time
  --queued N              runs that wait to be started
  --submits-per-minute N  submissions; what is beyond a limit is answered with 429

N is a number, or "none" for no limit of its own. What is set holds within 10 seconds.
${whereTheStoreIs}`;

const { positionals, values } = parseArgs({
  options: {
    org: { type: 'string' },
    running: { type: 'string' },
    queued: { type: 'string' },
    'submits-per-minute': { type: 'string' },
    table: { type: 'string' },
    help: { type: 'boolean' },
  },
  allowPositionals: true,
});

const commands: Record<string, (deps: Deps, orgId: string) => Promise<void>> = {
  show: async (deps, orgId) => {
    const { limits, paused, pausedAgents } = await readQueueControl(deps, orgId);
    console.log(JSON.stringify({ orgId, limits, paused, pausedAgents }, null, 2));
  },
  set: async (deps, orgId) => {
    const change = {
      running: limitOf('running'),
      queued: limitOf('queued'),
      submitsPerMinute: limitOf('submits-per-minute'),
    };
    await changeTenantSettings(deps, orgId, ({ limits }) => ({ limits: changed(limits, change) }));
    await commands['show']?.(deps, orgId);
  },
};

type Deps = Awaited<ReturnType<typeof openStore>> & { readonly clock: typeof systemClock };
type Change = Readonly<Record<keyof TenantLimits, number | 'none' | undefined>>;

const Limit = z.union([z.literal('none'), z.coerce.number().int().min(1)]).optional();

function limitOf(option: 'running' | 'queued' | 'submits-per-minute') {
  const limit = Limit.safeParse(values[option]);
  if (!limit.success) throw new Error(`--${option} must be a whole number from 1, or "none"`);
  return limit.data;
}

/** What the command does not name stays as it is. */
function changed(limits: TenantLimits, change: Change): TenantLimits {
  const entries: [string, unknown][] = Object.entries({ ...limits, ...defined(change) });
  return TenantLimits.parse(Object.fromEntries(entries.filter(([, limit]) => limit !== 'none')));
}

const defined = (change: Change) =>
  Object.fromEntries(Object.entries(change).filter(([, limit]) => limit !== undefined));

async function main(): Promise<void> {
  const command = commands[positionals[0] ?? ''];
  if (command === undefined || values.org === undefined) throw new Error(usage);
  const org = OrgId.safeParse(values.org);
  if (!org.success) throw new Error(`--org ${org.error.issues[0]?.message}`);
  const opened = await openStore(values.table);
  try {
    await command({ ...opened, clock: systemClock }, org.data);
  } finally {
    await opened.close();
  }
}

if (values.help) console.log(usage);
else {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
