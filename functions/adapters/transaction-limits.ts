import type { Key, Write } from '#core/store/item-store.ts';

/** DynamoDB's, which every store enforces: what runs on one of them runs on the other. */
const limits = { writes: 100, itemBytes: 400 * 1024, transactionBytes: 4 * 1024 * 1024 };

export const keyOf = (write: Write): Key =>
  'put' in write ? write.put : 'delete' in write ? write.delete : write.check;

/**
 * @param bytes of what each write puts, in the order of the writes; 0 where it puts nothing
 * @throws Error where DynamoDB would refuse the transaction, whatever is stored
 */
export function checkLimits(writes: readonly Write[], bytes: readonly number[]): void {
  const keys = writes.map(keyOf);
  if (new Set(keys.map(({ pk, sk }) => `${pk}\n${sk}`)).size !== writes.length)
    throw new Error('A transaction writes an item at most once');
  if (writes.length > limits.writes)
    throw new Error(`A transaction has at most ${limits.writes} writes, not ${writes.length}`);
  for (const [i, size] of bytes.entries())
    if (size > limits.itemBytes)
      throw new Error(
        `${keys[i]?.pk} ${keys[i]?.sk} has ${size} bytes, more than ${limits.itemBytes}`,
      );
  const total = bytes.reduce((sum, size) => sum + size, 0);
  if (total > limits.transactionBytes)
    throw new Error(`A transaction has at most ${limits.transactionBytes} bytes, not ${total}`);
}
