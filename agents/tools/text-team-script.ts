import type { Script, ScriptedTurn } from 'longrun/scripted-model';
import { Figures } from './measure-text.ts';

const longSentenceWords = 20;

const analyse: Script = ({ message, results }): ScriptedTurn => {
  const [result] = results;
  if (result === undefined)
    return {
      reasoning: 'Before anybody judges the text, I measure it.',
      toolCalls: [{ name: 'measure_text', input: { text: message } }],
    };
  const figures = Figures.safeParse(result.value);
  if (!figures.success) return { text: `The text could not be measured: ${result.value}` };
  const { words, sentences, wordsPerSentence } = figures.data;
  return { text: `${words} words, ${sentences} sentences, ${wordsPerSentence} words a sentence` };
};

const review: Script = ({ message }): ScriptedTurn => {
  const perSentence = Number(/([\d.]+) words a sentence/.exec(message)?.[1] ?? 0);
  const advice =
    perSentence > longSentenceWords
      ? 'Make two sentences of each long one.'
      : 'Leave the sentences as short as they are.';
  return { text: `With ${perSentence} words a sentence, my advice is: **${advice}**` };
};

/** Plays both roles of the text team: which one it is asked in, the instructions say. */
export const textTeamScript: Script = (context) => {
  if (context.wantsJson) return { json: { questions: ['Measure another text for me.'] } };
  const [system] = context.prompt;
  const isAnalyst = system?.role === 'system' && system.content.startsWith('Role: Analyst');
  return isAnalyst ? analyse(context) : review(context);
};
