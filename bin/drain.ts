import type { ItemStore } from '#core/store/item-store.ts';
import { isDraining, setDraining } from '#core/tenant/tenant-settings.ts';
import { storeCommand } from './command/store-command.ts';
import { whereTheStoreIs } from './open-store.ts';

const usage = `npm run drain -- begin     starts no more runs of anybody; what runs goes on
npm run drain -- end       starts them again: within a minute every queued run is rung for
npm run drain -- status

Submissions are taken all the while and stay QUEUED. It holds within 10 seconds.
${whereTheStoreIs}`;

interface Deps {
  readonly store: ItemStore;
}

const set = (draining: boolean) => async (deps: Deps) => {
  await setDraining(deps, draining);
  await tell(deps);
};

const tell = async (deps: Deps) =>
  console.log((await isDraining(deps)) ? 'draining: no run is started' : 'not draining');

await storeCommand({
  usage,
  options: {},
  actions: {
    begin: { read: () => set(true) },
    end: { read: () => set(false) },
    status: { read: () => tell },
  },
});
