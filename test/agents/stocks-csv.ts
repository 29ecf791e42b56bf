import { readFileSync } from 'node:fs';

/** The tests' own reading of the file: nothing of the agent's, and prices as the text they are. */
export interface CsvPrice {
  readonly symbol: string;
  /** Months since January of year 0. */
  readonly month: number;
  readonly cents: bigint;
}

const names = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const csv = new URL('../../agents/finance-agent/stocks.csv', import.meta.url);

export const csvPrices: readonly CsvPrice[] = readFileSync(csv, 'utf8')
  .split('\n')
  .slice(1)
  .filter((line) => line !== '')
  .map((line) => {
    const [, symbol = '', name = '', year, dollars = '', cents = ''] =
      /^(\w+),(\w+) 1 (\d+),(\d+)\.?(\d*)$/.exec(line) ?? [];
    return {
      symbol,
      month: Number(year) * 12 + names.indexOf(name),
      cents: BigInt(dollars) * 100n + BigInt(cents.padEnd(2, '0')),
    };
  });

export const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

export const monthInWords = (month: number): string =>
  `${monthNames[month % 12]} ${Math.floor(month / 12)}`;

export const inDollars = (cents: bigint): string =>
  `$${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;

/** Division rounded to the nearest, halves up. */
export function divideRounded(dividend: bigint, divisor: bigint): bigint {
  const doubled = 2n * dividend + divisor;
  const quotient = doubled / (2n * divisor);
  return doubled < 0n && doubled % (2n * divisor) !== 0n ? quotient - 1n : quotient;
}
