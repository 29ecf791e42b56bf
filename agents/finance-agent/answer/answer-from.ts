import type { ScriptedResult } from 'longrun/scripted-model';
import { Finding } from '../measures.ts';
import { Period } from '../period.ts';
import { SymbolList } from '../price-tools.ts';
import type { Understanding } from '../reading/understand.ts';
import { describeCoverage, help } from './coverage.ts';
import { describeFinding } from './describe-finding.ts';
import { rankFindings } from './rank-findings.ts';

/** The answer, in Markdown, to a question whose tools have returned. */
export function answerFrom(understood: Understanding, results: readonly ScriptedResult[]): string {
  const figures = describeFigures(understood, results);
  const problems = [...new Set(results.flatMap(problemOf))];
  if (figures) return [figures, ...problems].join('\n\n');
  const reason = understood.kind === 'outside' ? [understood.reason] : problems;
  return [...reason, describeList(results)].join('\n\n');
}

function describeFigures(understood: Understanding, results: readonly ScriptedResult[]): string {
  const found = results.flatMap(({ input, value }) => {
    const finding = Finding.safeParse(value);
    return finding.success ? [{ finding: finding.data, asked: Period.catch({}).parse(input) }] : [];
  });
  const findings = found.map(({ finding }) => finding);
  const ranking = understood.kind === 'prices' && rankFindings(findings, understood.direction);
  if (ranking) return ranking;
  return found.map(({ finding, asked }) => describeFinding(finding, asked)).join('\n\n');
}

function problemOf({ outcome, value }: ScriptedResult): string[] {
  if (outcome === 'ok') return [];
  return [typeof value === 'string' ? value : 'A tool that I need did not answer.'];
}

function describeList(results: readonly ScriptedResult[]): string {
  const lists = results.flatMap(({ value }) => SymbolList.safeParse(value).data ?? []);
  const [list] = lists;
  return list ? describeCoverage(list) : help;
}
