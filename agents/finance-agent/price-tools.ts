import { defineTool } from 'longrun/agent';
import * as z from 'zod';
import { companies, StockSymbol } from './companies.ts';
import { find, type Measure, maxListedMonths } from './measures.ts';
import { Period } from './period.ts';
import { coverageOf, pricesIn } from './stock-prices.ts';

export const PriceToolInput = Period.extend({
  symbol: StockSymbol.describe('Stock symbol, in capitals.'),
}).refine(({ from, to }) => !from || !to || from <= to, {
  path: ['to'],
  error: 'The period ends before it begins.',
});

export const listToolName = 'list_symbols';

export const priceToolNames: Readonly<Record<Measure, string>> = {
  highest: 'highest_price',
  lowest: 'lowest_price',
  average: 'average_price',
  change: 'price_change',
  prices: 'monthly_prices',
};

const descriptions: Readonly<Record<Measure, string>> = {
  highest: 'The highest monthly price of a symbol in a period, and its month.',
  lowest: 'The lowest monthly price of a symbol in a period, and its month.',
  average: 'The mean of the monthly prices of a symbol in a period.',
  change: 'How much the price changed from the first to the last month of a period.',
  prices: `The price of each month of a period, at most ${maxListedMonths} months.`,
};

const measures: readonly Measure[] = ['highest', 'lowest', 'average', 'change', 'prices'];

const priceTools = measures.map((measure) =>
  defineTool({
    name: priceToolNames[measure],
    description: descriptions[measure],
    input: PriceToolInput,
    idempotent: true,
    timeoutSeconds: 10,
    execute: ({ symbol, ...period }) => find(measure, symbol, pricesIn(symbol, period)),
  }),
);

export const SymbolList = z.object({
  symbols: z.array(Period.required().extend({ symbol: StockSymbol, company: z.string() })),
});
export type SymbolList = z.infer<typeof SymbolList>;

const listSymbols = defineTool({
  name: listToolName,
  description: 'The symbols there are prices of, with the first and last month of each.',
  input: z.object({}),
  idempotent: true,
  timeoutSeconds: 10,
  execute: (): SymbolList => ({
    symbols: StockSymbol.options.map((symbol) => ({
      symbol,
      company: companies[symbol],
      ...coverageOf(pricesIn(symbol)),
    })),
  }),
});

export const financeTools = [listSymbols, ...priceTools];
