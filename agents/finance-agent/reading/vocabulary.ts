import { monthNames } from '../month.ts';
import { fillerPhrases } from './filler-phrases.ts';
import type { Meaning } from './meaning.ts';
import { presentPhrases, topicPhrases } from './outside-phrases.ts';

type Entry = readonly [Meaning, string];

const quarters: readonly Entry[] = ['first, 1st', 'second, 2nd', 'third, 3rd', 'fourth, 4th'].map(
  (ordinals, i) => [
    { kind: 'span', first: 3 * i + 1, last: 3 * i + 3 },
    `q${i + 1}, ${ordinals
      .split(', ')
      .map((ordinal) => `${ordinal} quarter`)
      .join(', ')}`,
  ],
);

const months: readonly Entry[] = monthNames.map((name, i) => [
  { kind: 'span', first: i + 1, last: i + 1 },
  `${name}, ${name.slice(0, 3)}${name === 'September' ? ', sept' : ''}`,
]);

const entries: readonly Entry[] = [
  [{ kind: 'symbol', symbol: 'AAPL' }, 'aapl, apple, apple inc'],
  [{ kind: 'symbol', symbol: 'AMZN' }, 'amzn, amazon, amazon.com'],
  [{ kind: 'symbol', symbol: 'GOOG' }, 'goog, google'],
  [{ kind: 'symbol', symbol: 'IBM' }, 'ibm, international business machines'],
  [{ kind: 'symbol', symbol: 'MSFT' }, 'msft, microsoft'],
  [
    { kind: 'allSymbols' },
    `
    which stock, which stocks, which company, which companies, which symbol, which symbols,
    all stocks, all companies, all symbols, all five, all of them, each stock, each company,
    every stock, every company`,
  ],

  [{ kind: 'measure', measure: 'highest' }, 'highest, high, maximum, max, peak, top'],
  [{ kind: 'measure', measure: 'lowest' }, 'lowest, low, minimum, min, bottom, cheapest'],
  [{ kind: 'measure', measure: 'average' }, 'average, avg, mean, on average'],
  [
    { kind: 'measure', measure: 'change', direction: 'high' },
    `
    change, changed, changes, gain, gained, gains, rise, rose, risen, grow, grew, grown,
    growth, increase, increased, return, returned, returns, perform, performed, performing,
    performance, develop, developed, development`,
  ],
  [
    { kind: 'measure', measure: 'change', direction: 'low' },
    `
    fall, fell, fallen, lose, lost, loss, drop, dropped, decline, declined, decrease,
    decreased`,
  ],
  [
    { kind: 'hint', measure: 'prices' },
    'price, prices, cost, costs, worth, value, quote, how much',
  ],
  [{ kind: 'hint', measure: 'change' }, 'how did, how has'],
  [
    { kind: 'comparative', direction: 'high' },
    'higher, more, most, better, best, greater, greatest',
  ],
  [{ kind: 'comparative', direction: 'low' }, 'lower, less, least, worse, worst, cheaper'],
  [{ kind: 'join' }, 'compare, compared, compares, comparison, versus, vs, vs., than'],

  ...months,
  ...quarters,
  [{ kind: 'span', first: 1, last: 6 }, 'h1, first half, 1st half'],
  [{ kind: 'span', first: 7, last: 12 }, 'h2, second half, 2nd half'],
  [
    { kind: 'wholePeriod' },
    `
    whole data set, whole dataset, whole period, whole time, whole data, all data, all time,
    all the data, all years, ever, overall, entire period, entire data set, entire dataset`,
  ],
  [{ kind: 'and' }, 'and, &, and now'],
  [{ kind: 'to' }, 'to, till, through, thru'],
  [{ kind: 'from' }, 'from'],
  [{ kind: 'between' }, 'between'],
  [{ kind: 'since' }, 'since, starting'],
  [{ kind: 'until' }, 'until, up to, up until'],
  [{ kind: 'after' }, 'after'],
  [{ kind: 'before' }, 'before'],

  [
    { kind: 'coverage' },
    `
    symbols, symbol, tickers, ticker, companies, stocks, data, dataset, data set, cover,
    covers, coverage, covered, available, know, list`,
  ],
  [{ kind: 'topic' }, topicPhrases],
  [{ kind: 'today' }, presentPhrases],
  [{ kind: 'filler' }, fillerPhrases],
];

const normal = (phrase: string) => phrase.trim().replaceAll(/\s+/g, ' ').toLowerCase();

const vocabulary: ReadonlyMap<string, Meaning> = new Map(
  entries.flatMap(([meaning, phrases]) =>
    phrases.split(',').map((phrase): [string, Meaning] => [normal(phrase), meaning]),
  ),
);

/** Forms that no list can hold. */
const patterns: readonly (readonly [RegExp, (digits: readonly number[]) => Meaning])[] = [
  [/^([12]\d{3})$/, ([year = 0]) => ({ kind: 'year', year })],
  [
    /^([12]\d{3})-(0[1-9]|1[0-2])$/,
    ([year = 0, month = 0]) => ({ kind: 'span', first: month, last: month, year }),
  ],
];

export const longestPhrase = 3;

export function meaningOf(phrase: string): Meaning | undefined {
  const known = vocabulary.get(phrase);
  if (known) return known;
  for (const [pattern, toMeaning] of patterns) {
    const match = pattern.exec(phrase);
    if (match) return toMeaning(match.slice(1).map(Number));
  }
  return undefined;
}
