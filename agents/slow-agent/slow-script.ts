import type { Script, ScriptedResult, ScriptedTurn } from 'longrun/scripted-model';
import { readSeconds } from './duration.ts';
import { maxSeconds, WorkDone } from './work.ts';

const usualSeconds = 40;

export const slowScript: Script = ({ message, results, wantsJson }) => {
  if (wantsJson) return { json: { questions: ['Work for 5 seconds.', 'Work for 2 minutes.'] } };
  const [result] = results;
  if (result) return { text: describe(result) };
  const seconds = readSeconds(message) ?? usualSeconds;
  return begin(seconds);
};

const begin = (seconds: number): ScriptedTurn => ({
  reasoning: `This takes ${seconds} s. I begin, and report how far I am.`,
  toolCalls: [{ name: 'work', input: { seconds } }],
});

function describe({ outcome, value }: ScriptedResult): string {
  const done = WorkDone.safeParse(value);
  if (outcome === 'ok' && done.success) return `Done: I worked for **${done.data.seconds} s**.`;
  const reason = typeof value === 'string' ? `\n\n${value}` : '';
  return `I did not work. I can for 1 to ${maxSeconds} seconds, as in *Work for 5 seconds.*${reason}`;
}
