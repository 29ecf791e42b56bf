import { expect, it } from 'vitest';
import { FairLine } from '#adapters/embedded/fair-line.ts';

const drain = (line: FairLine<string>) =>
  Array.from({ length: line.length }, () => line.shift()).join(' ');

it('serves groups in turn, and each in its own order', () => {
  const line = new FairLine<string>();
  for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'c2']) line.push(item.charAt(0), item);

  const served = drain(line);

  expect(served).toBe('a1 b1 c1 a2 c2 a3');
  expect(line.shift()).toBeUndefined();
});

it('serves a group that comes late before the rest of one that was long there', () => {
  const line = new FairLine<string>();
  for (let i = 0; i < 5000; i += 1) line.push('flood', `f${i}`);
  line.shift();

  line.push('late', 'l0');
  const next = [line.shift(), line.shift()];

  expect(next).toContain('l0');
});

it('loses and doubles nothing of many', () => {
  const line = new FairLine<number>();
  const seen: (number | undefined)[] = [];

  for (let i = 0; i < 10_000; i += 1) {
    line.push(`${i % 3}`, i);
    if (i % 2 === 1) seen.push(line.shift());
  }
  while (line.length > 0) seen.push(line.shift());

  expect(seen.toSorted((a = 0, b = 0) => a - b)).toEqual(
    Array.from({ length: 10_000 }, (_, i) => i),
  );
});
