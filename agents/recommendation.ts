import { defineAgent, defineTool } from 'longrun/agent';
import { type Script, scriptedModel } from 'longrun/scripted-model';
import * as z from 'zod';
import { type Option, optionsOf, scoreOf } from './recommendation/options.ts';

const Recommendation = z.object({
  summary: z.string(),
  /** The best first. */
  options: z.array(
    z.object({
      option: z.string(),
      score: z.int(),
      pros: z.array(z.string()),
      cons: z.array(z.string()),
    }),
  ),
});

const script: Script = ({ message, results, jsonName }) => {
  if (jsonName === 'followups') return { json: { questions: [] } };
  const [result] = results;
  if (result === undefined)
    return {
      reasoning: 'All that I know of is in the message: weigh_options reads it.',
      toolCalls: [{ name: 'weigh_options', input: { text: message } }],
    };
  if (result.outcome === 'ok') return { json: result.value };
  return { json: { options: [], summary: `I could not read the message: ${result.value}` } };
};

export default defineAgent({
  id: 'recommendation',
  name: 'Recommendation',
  description: 'Weighs options, one a line as in "Postgres: fast, well known, hard to scale".',
  instructions: 'Call weigh_options with the text of the message, and answer with what it finds.',
  output: Recommendation,
  model: scriptedModel(script),
  tools: [
    defineTool({
      name: 'weigh_options',
      description: 'Counts what a text says for and against each of its options.',
      input: z.object({ text: z.string() }),
      idempotent: true,
      execute: ({ text }, { progress }): z.output<typeof Recommendation> => {
        progress({ phase: 'reading', percentage: 20 });
        const options = optionsOf(text);
        progress({ phase: 'weighing', percentage: 80, message: `${options.length} options` });
        return {
          summary: recommend(options),
          options: options.map((one) => ({ ...one, score: scoreOf(one) })),
        };
      },
    }),
  ],
});

function recommend([best, ...others]: readonly Option[]): string {
  if (best === undefined)
    return 'Found no options: name each on a line of its own, as in "Postgres: fast, hard to scale"';
  const rivals = others.filter((other) => scoreOf(other) === scoreOf(best));
  const names = [best, ...rivals].map(({ option }) => option);
  if (rivals.length > 0) return `It is a draw between ${names.join(' and ')}`;
  return `Recommends ${best.option}: ${best.pros.length} for it, ${best.cons.length} against`;
}
