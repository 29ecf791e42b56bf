import { companyLabel } from '../companies.ts';
import type { Finding } from '../measures.ts';
import { describeMonth } from '../month.ts';
import type { Direction } from '../reading/meaning.ts';
import { describeChange, money, subject } from './describe-finding.ts';

/** A list of monthly prices has no rank. */
type Rankable = Exclude<Finding, { measure: 'prices' }>;

const verdicts: Readonly<Record<Rankable['measure'], (word: Comparison) => string>> = {
  highest: ({ adjective }) => `had the ${adjective} peak`,
  lowest: ({ adjective }) => `had the ${adjective} low`,
  average: ({ adjective }) => `had the ${adjective} average price`,
  change: ({ adverb }) => `did ${adverb}`,
};

interface Comparison {
  readonly adjective: string;
  readonly adverb: string;
}

const comparisons: Readonly<Record<Direction, Record<'ofTwo' | 'ofMany', Comparison>>> = {
  high: {
    ofTwo: { adjective: 'higher', adverb: 'better' },
    ofMany: { adjective: 'highest', adverb: 'best' },
  },
  low: {
    ofTwo: { adjective: 'lower', adverb: 'worse' },
    ofMany: { adjective: 'lowest', adverb: 'worst' },
  },
};

/** Findings of one measure as a verdict and a numbered list; none when they cannot be ranked. */
export function rankFindings(
  findings: readonly Finding[],
  direction: Direction,
): string | undefined {
  const sign = direction === 'high' ? -1 : 1;
  const ranked = findings.filter(isRankable).sort((a, b) => sign * (rankedBy(a) - rankedBy(b)));
  const [first, second] = ranked;
  const measures = new Set(findings.map(({ measure }) => measure));
  if (!first || !second || measures.size > 1) return undefined;
  const comparison = comparisons[direction][ranked.length > 2 ? 'ofMany' : 'ofTwo'];
  const verdict =
    rankedBy(first) === rankedBy(second)
      ? `${winner(first, ranked)} and ${winner(second, ranked)} are equal:`
      : `**${winner(first, ranked)}** ${verdicts[first.measure](comparison)}:`;
  const rows = ranked.map((finding, i) => `${i + 1}. ${subject(finding)}: ${figureOf(finding)}`);
  return `${verdict}\n\n${rows.join('\n')}`;
}

const isRankable = (finding: Finding): finding is Rankable => finding.measure !== 'prices';

const rankedBy = (finding: Rankable): number =>
  finding.measure === 'change' ? finding.percent : finding.price;

/** The company alone, where all findings are of one period. */
function winner(finding: Rankable, all: readonly Rankable[]): string {
  const periodsDiffer = all.some(({ from, to }) => from !== finding.from || to !== finding.to);
  return periodsDiffer ? subject(finding) : companyLabel(finding.symbol);
}

function figureOf(finding: Rankable): string {
  switch (finding.measure) {
    case 'change':
      return `**${describeChange(finding)}**`;
    case 'average':
      return `**${money(finding.price)}**`;
    default:
      return `**${money(finding.price)}** in ${describeMonth(finding.month)}`;
  }
}
