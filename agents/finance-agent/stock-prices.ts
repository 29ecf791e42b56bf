import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { StockSymbol } from './companies.ts';
import { type Month, monthNames, toMonth } from './month.ts';
import { describePeriod, type Period } from './period.ts';

export interface MonthlyPrice {
  readonly month: Month;
  /** Whole cents, so that sums and differences are exact. */
  readonly cents: number;
}

/** At least one price, oldest first. */
export type PriceHistory = readonly [MonthlyPrice, ...MonthlyPrice[]];

const CsvMonth = z
  .string()
  .regex(/^[A-Z][a-z]{2} 1 \d{4}$/)
  .transform((text) => {
    const index = monthNames.findIndex((name) => name.startsWith(text.slice(0, 3)));
    return toMonth(Number(text.slice(-4)), index + 1);
  });

const CsvCents = z
  .string()
  .regex(/^\d+(\.\d{1,2})?$/)
  .transform((text) => Math.round(Number(text) * 100));

const CsvRow = z
  .tuple([StockSymbol, CsvMonth, CsvCents])
  .transform(([symbol, month, cents]) => ({ symbol, month, cents }));

let rows: readonly z.output<typeof CsvRow>[] | undefined;

function readRows() {
  const csv = readFileSync(new URL('./stocks.csv', import.meta.url), 'utf8');
  const [, ...lines] = csv.trim().split('\n');
  return lines
    .map((line) => CsvRow.parse(line.trim().split(',')))
    .sort((a, b) => a.month.localeCompare(b.month));
}

/** The prices of a symbol in a period. @throws Error with what there is, when there are none */
export function pricesIn(symbol: StockSymbol, { from, to }: Period = {}): PriceHistory {
  rows ??= readRows();
  const [first, ...rest] = rows.filter(
    (row) => row.symbol === symbol && (!from || row.month >= from) && (!to || row.month <= to),
  );
  if (first) return [first, ...rest];
  if (!from && !to) throw new Error(`stocks.csv has no prices of ${symbol}.`);
  const covered = describePeriod(coverageOf(pricesIn(symbol)));
  throw new Error(
    `There are no prices of ${symbol} ${describePeriod({ from, to })}, only ${covered}.`,
  );
}

export function coverageOf(prices: PriceHistory): { readonly from: Month; readonly to: Month } {
  const [first] = prices;
  return { from: first.month, to: (prices.at(-1) ?? first).month };
}
