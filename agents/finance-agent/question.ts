import type { StockSymbol } from './companies.ts';
import type { Measure } from './measures.ts';
import { describePeriod, type Period } from './period.ts';

/** Asks every measure of every symbol in every period. */
export interface Question {
  readonly measures: readonly Measure[];
  readonly symbols: readonly StockSymbol[];
  readonly periods: readonly Period[];
}

export const measureNames: Readonly<Record<Measure, string>> = {
  highest: 'highest price',
  lowest: 'lowest price',
  average: 'average price',
  change: 'change',
  prices: 'prices',
};

/** The question in words, such as a user would write. */
export function askInWords(measure: Measure, symbol: StockSymbol, period: Period): string {
  const verb = measure === 'prices' ? 'were' : 'was';
  return `What ${verb} the ${measureNames[measure]} of ${symbol} ${describePeriod(period)}?`;
}
