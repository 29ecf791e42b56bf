const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });
const bullet = /^\s*(?:[-*•]|\d+[.)])\s+/;
// What a tool gives back whole is limited to 128 KB.
const mostStatements = 150;
const longestStatement = 200;

/** What a text states: its sentences and the points of its lists, each on one line. */
export const statementsOf = (text: string): string[] =>
  text
    .split(/\n+/)
    .map((line) => line.replace(bullet, '').trim())
    .flatMap((line) => [...sentences.segment(line)].map(({ segment }) => segment.trim()))
    .filter((statement) => /\p{L}/u.test(statement))
    .slice(0, mostStatements)
    .map((statement) => statement.slice(0, longestStatement));

export const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;
