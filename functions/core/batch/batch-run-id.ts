import { createHash } from 'node:crypto';

const lineBits = 15n;
const hashBits = 47n;

/**
 * The id of a line's run: a UUIDv7 that follows from the batch and the line alone, so that a line
 * that is submitted again is the run that it was. In the order of the lines, at the time of the batch.
 * @param line from 1, below 2^27
 */
export function batchRunId(batchId: string, line: number): string {
  const time = batchId.replaceAll('-', '').slice(0, 12);
  const number = BigInt(line);
  const high = (number >> lineBits) & 0xfffn;
  const low = number & ((1n << lineBits) - 1n);
  const hash = createHash('sha256').update(`${batchId}\n${line}`).digest('hex').slice(0, 16);
  const rest = (0b10n << 62n) | (low << hashBits) | (BigInt(`0x${hash}`) >> (64n - hashBits));
  const text = `${time}7${hex(high, 3)}${hex(rest, 16)}`;
  return text.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const hex = (value: bigint, digits: number) => value.toString(16).padStart(digits, '0');
