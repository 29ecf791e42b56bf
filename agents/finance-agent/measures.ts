import * as z from 'zod';
import { StockSymbol } from './companies.ts';
import { Month } from './month.ts';
import { coverageOf, type MonthlyPrice, type PriceHistory } from './stock-prices.ts';

export const maxListedMonths = 24;

const PriceInMonth = z.object({ month: Month, price: z.number() });
const Asked = z.object({ symbol: StockSymbol, from: Month, to: Month, months: z.int() });

/** What a price tool answers. `from` and `to` are the first and last month that there is data of. */
export const Finding = z.discriminatedUnion('measure', [
  Asked.extend({ measure: z.literal('highest'), ...PriceInMonth.shape }),
  Asked.extend({ measure: z.literal('lowest'), ...PriceInMonth.shape }),
  Asked.extend({ measure: z.literal('average'), price: z.number() }),
  Asked.extend({
    measure: z.literal('change'),
    start: PriceInMonth,
    end: PriceInMonth,
    absolute: z.number(),
    percent: z.number(),
  }),
  Asked.extend({ measure: z.literal('prices'), prices: z.array(PriceInMonth) }),
]);
export type Finding = z.infer<typeof Finding>;
export type Measure = Finding['measure'];

export type FindingOf<M extends Measure> = Extract<Finding, { measure: M }>;
type Find<M extends Measure> = (
  prices: PriceHistory,
) => Omit<FindingOf<M>, 'symbol' | 'from' | 'to' | 'months'>;

const dollars = (cents: number) => cents / 100;
const inDollars = ({ month, cents }: MonthlyPrice) => ({ month, price: dollars(cents) });

/** Of equal prices the earliest. */
const pick = (prices: PriceHistory, better: (a: MonthlyPrice, b: MonthlyPrice) => boolean) =>
  inDollars(prices.reduce((best, price) => (better(price, best) ? price : best)));

const measures: { readonly [M in Measure]: Find<M> } = {
  highest: (prices) => ({ measure: 'highest', ...pick(prices, (a, b) => a.cents > b.cents) }),
  lowest: (prices) => ({ measure: 'lowest', ...pick(prices, (a, b) => a.cents < b.cents) }),
  average: (prices) => ({
    measure: 'average',
    price: dollars(Math.round(prices.reduce((sum, { cents }) => sum + cents, 0) / prices.length)),
  }),
  change: (prices) => {
    const [start, ...later] = prices;
    const end = later.at(-1);
    if (!end) throw new Error('A change needs a period of at least two months with prices.');
    const absolute = end.cents - start.cents;
    return {
      measure: 'change',
      start: inDollars(start),
      end: inDollars(end),
      absolute: dollars(absolute),
      percent: Math.round((absolute * 10_000) / start.cents) / 100,
    };
  },
  prices: (prices) => {
    if (prices.length > maxListedMonths)
      throw new Error(
        `That is a list of ${prices.length} months; ask for at most ${maxListedMonths}, or for the highest, lowest or average price.`,
      );
    return { measure: 'prices', prices: prices.map(inDollars) };
  },
};

export function find<M extends Measure>(measure: M, symbol: StockSymbol, prices: PriceHistory) {
  return { ...measures[measure](prices), symbol, ...coverageOf(prices), months: prices.length };
}
