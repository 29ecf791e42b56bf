import * as z from 'zod';
import type { RunDeps } from '../run/deps.ts';
import { type Key, TransactionConflict, type Write } from '../store/item-store.ts';
import { signingSecretKey } from '../store/keys.ts';
import { newSecret, rotated, WebhookSecret } from './webhook-secret.ts';

const SigningSecret = z.object({ secrets: z.array(WebhookSecret), version: z.number() });

type Deps = Pick<RunDeps, 'store'>;
const maxAttempts = 10;

/** What signs for the runs' own webhooks, the newest first. Made when it is first asked for. */
export const signingSecrets = (deps: Deps, orgId: string): Promise<WebhookSecret[]> =>
  keep(deps, orgId, (secrets) => (secrets.length > 0 ? undefined : [newSecret()]));

export const rotateSigningSecret = (deps: Deps & Pick<RunDeps, 'clock'>, orgId: string) =>
  keep(deps, orgId, (secrets) => rotated(secrets, deps.clock.now()));

async function keep(
  { store }: Deps,
  orgId: string,
  change: (secrets: readonly WebhookSecret[]) => WebhookSecret[] | undefined,
): Promise<WebhookSecret[]> {
  const key = signingSecretKey(orgId);
  for (let attempt = 1; ; attempt += 1) {
    const item = await store.get(key);
    const known = item && SigningSecret.parse(item.value);
    const next = change(known?.secrets ?? []);
    if (next === undefined) return known?.secrets ?? [];
    try {
      await store.transact([replace(key, known, next)]);
      return next;
    } catch (error) {
      if (!(error instanceof TransactionConflict) || attempt === maxAttempts) throw error;
    }
  }
}

function replace(
  key: Key,
  known: z.infer<typeof SigningSecret> | undefined,
  secrets: WebhookSecret[],
): Write {
  const version = known?.version ?? 0;
  return {
    put: { ...key, value: { secrets, version: version + 1 } },
    when: known ? { equals: { version } } : { absent: true },
  };
}
