import { defineAgent, defineTool } from 'longrun/agent';
import { scriptedModel } from 'longrun/scripted-model';
import * as z from 'zod';
import { type Option, optionsOf, scoreOf } from './text-tasks/options.ts';
import { plural } from './text-tasks/statements.ts';
import { taskScript } from './text-tasks/task-script.ts';

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

export default defineAgent({
  id: 'recommendation',
  name: 'Recommendation',
  description: 'Weighs options, one a line as in "Postgres: fast, well known, hard to scale".',
  instructions: 'Call weigh_options with the text of the message, and answer with what it finds.',
  output: Recommendation,
  model: scriptedModel(taskScript('weigh_options', { options: [] })),
  tools: [
    defineTool({
      name: 'weigh_options',
      description: 'Counts what a text says for and against each of its options.',
      input: z.object({ text: z.string() }),
      idempotent: true,
      execute: ({ text }, { progress }): z.output<typeof Recommendation> => {
        progress({ phase: 'reading', percentage: 20 });
        const options = optionsOf(text);
        progress({ phase: 'weighing', percentage: 80, message: plural(options.length, 'option') });
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
