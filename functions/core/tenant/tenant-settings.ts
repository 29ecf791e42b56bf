import * as z from 'zod';
import type { Clock } from '../run/deps.ts';
import { type ItemStore, TransactionConflict } from '../store/item-store.ts';
import { serviceSettingsKey, tenantSettingsKey } from '../store/keys.ts';

/** What a tenant may do at most. What is not set is not limited, but for the slots of the service. */
export const TenantLimits = z.object({
  /** Runs that run or wait for a decision at the same time. @default - the service's slotsPerTenant */
  running: z.number().int().min(1).max(10_000).optional(),
  /** Runs that wait to be started. */
  queued: z.number().int().min(1).optional(),
  submitsPerMinute: z.number().int().min(1).optional(),
});
export type TenantLimits = z.infer<typeof TenantLimits>;

const TenantSettings = z.object({
  limits: TenantLimits.default({}),
  /** Nothing of the tenant's is started. */
  paused: z.boolean().default(false),
  /** Nothing of these agents is started. */
  pausedAgents: z.array(z.string()).default([]),
  version: z.number().default(0),
});
export type TenantSettings = z.infer<typeof TenantSettings>;

const ServiceSettings = z.object({ draining: z.boolean().default(false) });

/** What holds for a tenant at present. */
export interface QueueControl extends TenantSettings {
  /** Nothing of anybody's is started. */
  readonly draining: boolean;
}

interface Deps {
  readonly store: ItemStore;
  readonly clock: Pick<Clock, 'now'>;
}

/** For so long another process may go by what was set before. */
const cacheMs = 10_000;
const cacheEntries = 10_000;
const maxAttempts = 20;

/** What this process has read last, by the store that it read it from. */
const caches = new WeakMap<ItemStore, Map<string, { control: QueueControl; until: number }>>();

function cacheOf(store: ItemStore) {
  const cache = caches.get(store) ?? new Map();
  caches.set(store, cache);
  return cache;
}

/** As it was at most 10 s ago, so that no run costs a read of its own. */
export async function queueControl(deps: Deps, orgId: string): Promise<QueueControl> {
  const cached = cacheOf(deps.store).get(orgId);
  return cached && cached.until > deps.clock.now() ? cached.control : readQueueControl(deps, orgId);
}

/** As it is now. */
export async function readQueueControl(deps: Deps, orgId: string): Promise<QueueControl> {
  const [own, service] = await deps.store.getMany([tenantSettingsKey(orgId), serviceSettingsKey]);
  const control = {
    ...TenantSettings.parse(own?.value ?? {}),
    ...ServiceSettings.parse(service?.value ?? {}),
  };
  const cache = cacheOf(deps.store);
  if (cache.size >= cacheEntries) cache.clear();
  cache.set(orgId, { control, until: deps.clock.now() + cacheMs });
  return control;
}

/** Whether nothing of this agent is to be started for the tenant. */
export const isPaused = (control: QueueControl, agentId: string) =>
  control.draining || control.paused || control.pausedAgents.includes(agentId);

/** @param change of what is set now */
export async function changeTenantSettings(
  deps: Deps,
  orgId: string,
  change: (settings: TenantSettings) => Partial<Omit<TenantSettings, 'version'>>,
): Promise<QueueControl> {
  const key = tenantSettingsKey(orgId);
  for (let attempt = 1; ; attempt += 1) {
    const item = await deps.store.get(key);
    const settings = TenantSettings.parse(item?.value ?? {});
    const value = { ...settings, ...change(settings), version: settings.version + 1 };
    try {
      const when = item ? { equals: { version: settings.version } } : ({ absent: true } as const);
      await deps.store.transact([{ put: { ...key, value }, when }]);
      return await readQueueControl(deps, orgId);
    } catch (error) {
      if (!(error instanceof TransactionConflict) || attempt === maxAttempts) throw error;
    }
  }
}

/** Starts no more runs of anybody, or starts them again; other processes hear of it within 10 s. */
export async function setDraining({ store }: Pick<Deps, 'store'>, draining: boolean) {
  await store.transact([{ put: { ...serviceSettingsKey, value: { draining } } }]);
  cacheOf(store).clear();
}

export async function isDraining({ store }: Pick<Deps, 'store'>): Promise<boolean> {
  const item = await store.get(serviceSettingsKey);
  return ServiceSettings.parse(item?.value ?? {}).draining;
}
