import type { Script, ScriptContext, ScriptedTurn } from 'longrun/scripted-model';
import { answerFrom } from './answer/answer-from.ts';
import { help } from './answer/coverage.ts';
import { followUpQuestions } from './answer/follow-up-questions.ts';
import { describePeriod } from './period.ts';
import { listToolName, priceToolNames } from './price-tools.ts';
import { measureNames, type Question } from './question.ts';
import { type Understanding, understand } from './reading/understand.ts';
import { earlierPart, lastAnswered } from './transcript.ts';

export const financeScript: Script = (context) => {
  if (context.wantsJson)
    return { json: { questions: followUpQuestions(lastAnswered(context.prompt)) } };
  const understood = understand(context.message, lastAnswered(earlierPart(context.prompt)));
  return context.results.length === 0 ? begin(understood) : proceed(understood, context);
};

function begin(understood: Understanding): ScriptedTurn {
  switch (understood.kind) {
    case 'prices':
      return lookUp(understood.question);
    case 'coverage':
      return callList('The user wants to know what I have data of, so I list the symbols.');
    case 'outside':
      return callList(`${understood.reason} I look up what I do have data of, to say so.`);
    case 'unclear':
      return { text: understood.ask ? `${understood.ask}\n\n${help}` : help };
  }
}

function proceed(understood: Understanding, { results }: ScriptContext): ScriptedTurn {
  const listed = results.some(({ toolName }) => toolName === listToolName);
  const answered = results.some(({ outcome }) => outcome === 'ok');
  return listed || answered
    ? { text: answerFrom(understood, results) }
    : callList('There is no figure for that. I look up what I have data of, to say so.');
}

function lookUp({ measures, symbols, periods }: Question): ScriptedTurn {
  const toolCalls = measures.flatMap((measure) =>
    symbols.flatMap((symbol) =>
      periods.map((period) => ({ name: priceToolNames[measure], input: { symbol, ...period } })),
    ),
  );
  const what = measures.map((measure) => measureNames[measure]).join(' and ');
  const when = periods.map(describePeriod).join(' and ');
  return {
    reasoning: `The user asks for the ${what} of ${symbols.join(' and ')} ${when}. I look it up in the data.`,
    toolCalls,
  };
}

const callList = (reasoning: string): ScriptedTurn => ({
  reasoning,
  toolCalls: [{ name: listToolName, input: {} }],
});
