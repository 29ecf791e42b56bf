export interface Option {
  readonly option: string;
  readonly pros: string[];
  readonly cons: string[];
}

// What a tool gives back whole is limited to 128 KB.
const mostOptions = 20;
const mostReasons = 7;
const longestReason = 200;

const bad =
  /\b(?:bad|bug|cannot|complex|costly|difficult|expensive|fails?|fragile|hard|lacks?|late|limited|misses|missing|no|not|old|poor|risky?|slow|unknown|unsafe|weak|without|worse)\b/i;

/**
 * The options of a text, one a line as in `Postgres: fast, well known, hard to scale`, with what is
 * said for and against each: the best first.
 */
export const optionsOf = (text: string): Option[] =>
  text
    .split('\n')
    .flatMap(toOption)
    .slice(0, mostOptions)
    .sort((a, b) => scoreOf(b) - scoreOf(a));

export const scoreOf = ({ pros, cons }: Option) => pros.length - cons.length;

function toOption(line: string): Option[] {
  const [, option, rest] = /^\W*([^:]{1,80}):\s+(.+)$/.exec(line) ?? [];
  if (option === undefined || rest === undefined) return [];
  const reasons = rest
    .split(/[,;.]/)
    .map((reason) => reason.trim().slice(0, longestReason))
    .filter((reason) => reason !== '')
    .slice(0, mostReasons);
  if (reasons.length === 0) return [];
  const cons = reasons.filter((reason) => bad.test(reason));
  return [{ option, pros: reasons.filter((reason) => !cons.includes(reason)), cons }];
}
