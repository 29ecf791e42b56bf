import type { systemClock } from '#adapters/system-clock.ts';
import type { ItemStore } from '#core/store/item-store.ts';
import { OrgId } from '#core/tenant/ids.ts';
import {
  changeTenantSettings,
  readQueueControl,
  TenantLimits,
} from '#core/tenant/tenant-settings.ts';
import { UsageError } from './command/command-line.ts';
import { required, storeCommand } from './command/store-command.ts';
import { whereTheStoreIs } from './open-store.ts';

const usage = `npm run tenants -- show --org ORGANISATION
npm run tenants -- set --org ORGANISATION [--running N] [--queued N] [--submits-per-minute N]

  --running N             runs that run or wait for a decision at the same time
  --queued N              runs that wait to be started
  --submits-per-minute N  submissions; what is beyond a limit is answered with 429

N is a number, or "none" for no limit of its own. What is set holds within 10 seconds.
${whereTheStoreIs}`;

interface Deps {
  readonly store: ItemStore;
  readonly clock: typeof systemClock;
}

type Change = Readonly<Record<keyof TenantLimits, number | 'none' | undefined>>;

async function show(deps: Deps, orgId: string): Promise<void> {
  const { limits, paused, pausedAgents } = await readQueueControl(deps, orgId);
  console.log(JSON.stringify({ orgId, limits, paused, pausedAgents }, null, 2));
}

function limitOf(name: keyof TenantLimits, option: string, value: string | undefined) {
  if (value === undefined) return undefined;
  if (value === 'none') return 'none' as const;
  const schema = TenantLimits.shape[name].unwrap();
  const limit = schema.safeParse(Number(value));
  if (limit.success) return limit.data;
  const range = `from ${schema.minValue} to ${schema.maxValue}`;
  throw new UsageError(`${option} must be a whole number ${range}, or "none".`);
}

/** What the command does not name stays as it is. */
function changed(limits: TenantLimits, change: Change): TenantLimits {
  const entries: [string, unknown][] = Object.entries({ ...limits, ...defined(change) });
  return TenantLimits.parse(Object.fromEntries(entries.filter(([, limit]) => limit !== 'none')));
}

const defined = (change: Change) =>
  Object.fromEntries(Object.entries(change).filter(([, limit]) => limit !== undefined));

await storeCommand({
  usage,
  options: {
    org: { type: 'string' },
    running: { type: 'string' },
    queued: { type: 'string' },
    'submits-per-minute': { type: 'string' },
  },
  actions: {
    show: {
      read: ({ org }) => {
        const orgId = required(OrgId, '--org', org);
        return (deps) => show(deps, orgId);
      },
    },
    set: {
      read: ({ org, running, queued, 'submits-per-minute': submits }) => {
        const orgId = required(OrgId, '--org', org);
        const change = {
          running: limitOf('running', '--running', running),
          queued: limitOf('queued', '--queued', queued),
          submitsPerMinute: limitOf('submitsPerMinute', '--submits-per-minute', submits),
        };
        return async (deps) => {
          await changeTenantSettings(deps, orgId, ({ limits }) => ({
            limits: changed(limits, change),
          }));
          await show(deps, orgId);
        };
      },
    },
  },
});
