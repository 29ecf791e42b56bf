import fc from 'fast-check';
import { type CsvPrice, csvPrices, monthInWords, monthNames } from './stocks-csv.ts';

/** A period in words, and its first and last month as `csvPrices` counts them. */
export interface PeriodInWords {
  readonly words: string;
  readonly first: number;
  readonly last: number;
}

const earliest = Math.min(...csvPrices.map(({ month }) => month));
const latest = Math.max(...csvPrices.map(({ month }) => month));
const firstYear = Math.floor(earliest / 12);
const lastYear = Math.floor(latest / 12);

const year = fc.integer({ min: firstYear, max: lastYear });
const month = fc.integer({ min: earliest, max: latest });
const ordered = <T extends number>(value: fc.Arbitrary<T>) =>
  fc.tuple(value, value).map(([a, b]) => ({ first: Math.min(a, b), last: Math.max(a, b) }));

const years = (first: number, last: number) => ({ first: first * 12, last: last * 12 + 11 });
const part = (of: number, from: number, length: number) => ({
  first: of * 12 + from,
  last: of * 12 + from + length - 1,
});

export const anyPeriod: fc.Arbitrary<PeriodInWords> = fc.oneof(
  year.map((y) => ({ words: `in ${y}`, ...years(y, y) })),
  month.map((m) => ({ words: `in ${monthInWords(m)}`, first: m, last: m })),
  month.map((m) => ({
    words: `in ${monthNames[m % 12]?.slice(0, 3).toLowerCase()} ${Math.floor(m / 12)}`,
    first: m,
    last: m,
  })),
  fc
    .tuple(year, fc.integer({ min: 0, max: 3 }), fc.constantFrom('Q', 'q'))
    .map(([y, q, letter]) => ({ words: `in ${letter}${q + 1} ${y}`, ...part(y, 3 * q, 3) })),
  fc.tuple(year, fc.constantFrom('first', 'second')).map(([y, half]) => ({
    words: `in the ${half} half of ${y}`,
    ...part(y, half === 'first' ? 0 : 6, 6),
  })),
  fc
    .tuple(ordered(year), fc.constantFrom(['from', 'to'], ['between', 'and'], ['', '-']))
    .map(([{ first, last }, [open, link]]) => ({
      words: `${open} ${first} ${link} ${last}`.trim(),
      ...years(first, last),
    })),
  ordered(month).map(({ first, last }) => ({
    words: `from ${monthInWords(first)} to ${monthInWords(last)}`,
    first,
    last,
  })),
  year.map((y) => ({ words: `since ${y}`, first: y * 12, last: latest })),
  year.map((y) => ({ words: `until ${y}`, first: earliest, last: y * 12 + 11 })),
  fc.constantFrom('', 'over the whole data set').map((words) => ({
    words,
    first: earliest,
    last: latest,
  })),
);

export const anySymbol = fc.constantFrom(
  ...Object.entries({
    AAPL: 'Apple',
    AMZN: 'Amazon',
    GOOG: 'Google',
    IBM: 'IBM',
    MSFT: 'Microsoft',
  }).flatMap(([symbol, company]) =>
    [symbol, symbol.toLowerCase(), company, company.toUpperCase(), `${company.toLowerCase()}`].map(
      (words) => ({ symbol, words }),
    ),
  ),
);

export const pricesOf = (symbol: string, { first, last }: PeriodInWords): readonly CsvPrice[] =>
  csvPrices.filter((row) => row.symbol === symbol && row.month >= first && row.month <= last);
