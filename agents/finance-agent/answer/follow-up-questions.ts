import type { StockSymbol } from '../companies.ts';
import type { Measure } from '../measures.ts';
import { toMonth } from '../month.ts';
import { onlyYearOf, type Period } from '../period.ts';
import { askInWords, type Question } from '../question.ts';

/** They have data of every month there is, so that any question answered for one can be for these. */
const completeSymbols: readonly StockSymbol[] = ['AAPL', 'MSFT', 'IBM', 'AMZN'];

/** A measure that can be asked wherever the key could. */
const nextMeasure: Readonly<Record<Measure, Measure>> = {
  highest: 'lowest',
  lowest: 'average',
  average: 'highest',
  change: 'highest',
  prices: 'average',
};

const starters = [
  'What was the highest price of AAPL in 2009?',
  'What was the change of MSFT in 2008?',
  'Compare the average of IBM and GOOG in 2006.',
];

/** Up to three questions that lead on from the last one answered, each with an answer. */
export function followUpQuestions(last: Question | undefined): readonly string[] {
  const [measure, symbol, asked] = [last?.measures[0], last?.symbols[0], last?.periods[0]];
  if (!last || !measure || !symbol || !asked) return starters;
  const period = wholeYear(asked);
  const other = completeSymbols.find((candidate) => !last.symbols.includes(candidate)) ?? 'AAPL';
  const isExtreme = measure === 'highest' || measure === 'lowest';
  return [
    askInWords(nextMeasure[measure], symbol, period),
    askInWords(isExtreme ? measure : nextMeasure[measure], other, period),
    askInWords(measure === 'change' ? 'average' : 'change', symbol, {}),
  ];
}

/** Of a single month there is nothing to compare. */
function wholeYear(period: Period): Period {
  const year = onlyYearOf(period);
  return year !== undefined && period.from === period.to
    ? { from: toMonth(year, 1), to: toMonth(year, 12) }
    : period;
}
