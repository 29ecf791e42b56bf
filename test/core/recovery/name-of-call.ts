import * as z from 'zod';

const Key = z.object({ pk: z.string(), sk: z.string() });
const Written = z.object({
  put: Key.extend({ value: z.looseObject({ status: z.string().optional() }) }).optional(),
  delete: Key.optional(),
});

const names: Readonly<Record<string, string>> = {
  IN: 'input',
  EVT: 'events',
  OUT: 'announcement',
  WH: 'delivery',
  SECRET: 'signing secret',
  WEBHOOK: 'webhook',
  PAUSE: 'pause',
  HEAD: 'head',
  TURN: 'turn',
  CKPT: 'checkpoint',
  IDEMPOTENCY: 'idempotency record',
};

/** What a call of a port does to the world, in the words in which a test is named. */
export function nameOfCall(port: string, method: string, [first]: readonly unknown[]): string {
  if (port !== 'store' || method !== 'transact') return `${port}.${method}`;
  return z.array(Written).parse(first).flatMap(nameOfWrite).join(' ');
}

function nameOfWrite({ put, delete: deleted }: z.infer<typeof Written>): string[] {
  if (put) return [`+${nameOfItem(put, put.value.status)}`];
  return deleted ? [`-${nameOfItem(deleted)}`] : [];
}

function nameOfItem({ pk, sk }: z.infer<typeof Key>, status?: string): string {
  const [kind = ''] = sk.split('#');
  if (kind !== 'META') return names[kind] ?? 'slot';
  if (pk.includes('#S#')) return 'session';
  return status ? `run:${status}` : 'run';
}
