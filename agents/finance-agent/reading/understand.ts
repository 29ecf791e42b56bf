import type { Question } from '../question.ts';
import { completeQuestion, directionOf } from './complete-question.ts';
import type { Direction, Meaning } from './meaning.ts';
import { asksForPrices, objectionTo } from './outside.ts';
import { readWords } from './words.ts';

export type Understanding =
  | { readonly kind: 'prices'; readonly question: Question; readonly direction: Direction }
  | { readonly kind: 'coverage' }
  | { readonly kind: 'outside'; readonly reason: string }
  /** `ask` is what the user should be asked back; without it the message was about something else. */
  | { readonly kind: 'unclear'; readonly ask?: string };

const maxFindings = 20;
const maxCharacters = 2_000;
const continuation = /^\W*(and|or|also|then|same|what about|how about)\b/i;

/** What a message asks; what it leaves out is taken from the last question answered. */
export function understand(message: string, previous: Question | undefined): Understanding {
  if (message.length > maxCharacters)
    return { kind: 'unclear', ask: 'That is long; could you ask in a sentence or two?' };
  const words = readWords(message);
  const meanings = words.flatMap(({ meaning }) => meaning ?? []);
  const continues = continuation.test(message);
  const objection = objectionTo(words, continues);
  if (objection) return objection;
  if (asksForCoverage(meanings)) return { kind: 'coverage' };
  if (!asksForPrices(words)) return { kind: 'unclear' };
  const question = completeQuestion(meanings, previous, continues);
  return question
    ? checked(question, directionOf(meanings))
    : { kind: 'unclear', ask: 'Which year do you mean?' };
}

function asksForCoverage(meanings: readonly Meaning[]): boolean {
  const kinds = new Set(meanings.map(({ kind }) => kind));
  const asksForMore = ['symbol', 'measure', 'hint', 'comparative', 'span', 'year'] as const;
  return (
    (kinds.has('coverage') || kinds.has('allSymbols')) &&
    !asksForMore.some((kind) => kinds.has(kind))
  );
}

function checked(question: Question, direction: Direction): Understanding {
  const { measures, symbols, periods } = question;
  if (symbols.length === 0) return { kind: 'unclear', ask: 'Which stock do you mean?' };
  if (measures.length === 0)
    return {
      kind: 'unclear',
      ask: 'Do you want the highest, lowest or average price, the change, or the prices month by month?',
    };
  return measures.length * symbols.length * periods.length > maxFindings
    ? { kind: 'unclear', ask: 'That is very much at once; could you ask for less?' }
    : { kind: 'prices', question, direction };
}
