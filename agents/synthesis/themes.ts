import { statementsOf } from './statements.ts';

export interface Theme {
  readonly name: string;
  readonly insights: string[];
}

const mostThemes = 5;
/** Short words and these say how something is said, not what about. */
const small = new Set(
  `about after again also because been before being could does doing down each even every from have
   having here into just like made make many more most much need needs only other over same should
   some such than that their them then there these they thing things this those through under until
   using very want wants well were what when where which while will with within would your`.split(
    /\s+/,
  ),
);

/** The words that several statements share, each with its statements: the most frequent first. */
export function themesOf(text: string): Theme[] {
  const left = new Set(statementsOf(text));
  return namesOf([...left])
    .map((name) => ({ name, insights: [...left].filter((one) => takes(left, one, name)) }))
    .filter(({ insights }) => insights.length > 0);
}

/** A statement counts for the first theme that it belongs to. */
const takes = (left: Set<string>, statement: string, name: string) =>
  termsOf(statement).has(name) && left.delete(statement);

function namesOf(statements: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const statement of statements)
    for (const term of termsOf(statement)) counts.set(term, (counts.get(term) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > 1)
    .sort(([, a], [, b]) => b - a)
    .slice(0, mostThemes)
    .map(([term]) => term);
}

const termsOf = (statement: string) =>
  new Set(
    (statement.toLowerCase().match(/\p{L}{4,}/gu) ?? [])
      .filter((word) => !small.has(word))
      .map((word) => word.replace(/(?<!s)s$/, '')),
  );
