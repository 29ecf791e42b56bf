import { StockSymbol } from '../companies.ts';
import type { Measure } from '../measures.ts';
import { onlyYearOf, uniquePeriods } from '../period.ts';
import type { Question } from '../question.ts';
import type { Direction, Meaning } from './meaning.ts';
import { readPeriods } from './periods.ts';

/**
 * The question that the words ask, with what they leave out taken from the one before where they
 * continue it. None when a month has no year; symbols or measures may be missing still.
 */
export function completeQuestion(
  meanings: readonly Meaning[],
  previous: Question | undefined,
  continues: boolean,
): Question | undefined {
  const dates = readPeriods(meanings, previous && usualYear(previous));
  if (!dates) return undefined;
  const carried = continues || !standsAlone(meanings) ? previous : undefined;
  const symbols = chooseSymbols(meanings, carried);
  const periods = uniquePeriods(dates.length > 0 ? dates : (carried?.periods ?? [{}]));
  const compares = symbols.length * periods.length > 1;
  const complete = standsAlone(meanings) && dates.length > 0;
  const measures = chooseMeasures(meanings, complete ? undefined : carried, compares);
  return { measures, symbols, periods };
}

const isOf =
  <K extends Meaning['kind']>(...kinds: readonly K[]) =>
  (meaning: Meaning): meaning is Extract<Meaning, { kind: K }> =>
    kinds.some((kind) => kind === meaning.kind);

const standsAlone = (meanings: readonly Meaning[]): boolean =>
  meanings.some(isOf('symbol', 'allSymbols')) &&
  meanings.some(isOf('measure', 'hint', 'comparative'));

function usualYear({ periods: [first, ...others] }: Question): number | undefined {
  return first && others.length === 0 ? onlyYearOf(first) : undefined;
}

function chooseSymbols(meanings: readonly Meaning[], carried: Question | undefined) {
  const named = [...new Set(meanings.filter(isOf('symbol')).map(({ symbol }) => symbol))];
  const before = carried?.symbols ?? [];
  if (named.length === 0) return meanings.some(isOf('allSymbols')) ? StockSymbol.options : before;
  const addsOne = named.length === 1 && meanings.some(isOf('join'));
  return addsOne ? [...new Set([...before, ...named])] : named;
}

function chooseMeasures(
  meanings: readonly Meaning[],
  carried: Question | undefined,
  compares: boolean,
): readonly Measure[] {
  const stated = [...new Set(meanings.filter(isOf('measure')).map(({ measure }) => measure))];
  if (stated.length > 0) return stated;
  if (carried) return carried.measures;
  if (compares && meanings.some(isOf('comparative', 'join'))) return ['average'];
  const comparative = meanings.find(isOf('comparative'));
  if (comparative) return [comparative.direction === 'high' ? 'highest' : 'lowest'];
  return meanings
    .filter(isOf('hint'))
    .map(({ measure }) => measure)
    .slice(0, 1);
}

/** "Rose least" and "fell most" both put the low end first. */
export function directionOf(meanings: readonly Meaning[]): Direction {
  const comparative = meanings.find(isOf('comparative'))?.direction;
  const measure = meanings.find(isOf('measure'));
  if (!comparative && measure?.measure === 'lowest') return 'low';
  return (comparative === 'low') === (measure?.direction === 'low') ? 'high' : 'low';
}
