import * as z from 'zod';

export const StockSymbol = z.enum(['AAPL', 'AMZN', 'GOOG', 'IBM', 'MSFT'], {
  error: 'Use one of the symbols AAPL, AMZN, GOOG, IBM and MSFT.',
});
export type StockSymbol = z.infer<typeof StockSymbol>;

export const companies: Readonly<Record<StockSymbol, string>> = {
  AAPL: 'Apple',
  AMZN: 'Amazon',
  GOOG: 'Google',
  IBM: 'IBM',
  MSFT: 'Microsoft',
};

export const companyLabel = (symbol: StockSymbol): string =>
  companies[symbol] === symbol ? symbol : `${companies[symbol]} (${symbol})`;
