import { defineAgent, defineTool } from 'longrun/agent';
import { type Script, scriptedModel } from 'longrun/scripted-model';
import * as z from 'zod';
import { plural, statementsOf } from './synthesis/statements.ts';
import { themesOf } from './synthesis/themes.ts';

const Synthesis = z.object({
  summary: z.string(),
  themes: z.array(z.object({ name: z.string(), insights: z.array(z.string()) })),
});

const script: Script = ({ message, results, jsonName }) => {
  if (jsonName === 'followups') return { json: { questions: [] } };
  const [result] = results;
  if (result === undefined)
    return {
      reasoning: 'All that I know of is in the message: find_themes reads it.',
      toolCalls: [{ name: 'find_themes', input: { text: message } }],
    };
  if (result.outcome === 'ok') return { json: result.value };
  return { json: { themes: [], summary: `I could not read the message: ${result.value}` } };
};

export default defineAgent({
  id: 'synthesis',
  name: 'Synthesis',
  description: 'Finds the themes that the statements of a text share.',
  instructions: 'Call find_themes with the text of the message, and answer with what it finds.',
  output: Synthesis,
  model: scriptedModel(script),
  tools: [
    defineTool({
      name: 'find_themes',
      description: 'Groups what a text states by the words that several statements share.',
      input: z.object({ text: z.string() }),
      idempotent: true,
      execute: ({ text }, { progress }): z.output<typeof Synthesis> => {
        const count = plural(statementsOf(text).length, 'statement');
        progress({ phase: 'reading', percentage: 20, message: count });
        const themes = themesOf(text);
        progress({ phase: 'grouping', percentage: 80, message: plural(themes.length, 'theme') });
        return { summary: describe(themes, count), themes };
      },
    }),
  ],
});

function describe(themes: ReturnType<typeof themesOf>, count: string): string {
  if (themes.length === 0) return `Read ${count}; no theme comes up twice`;
  const insights = themes.reduce((sum, theme) => sum + theme.insights.length, 0);
  return `Extracted ${plural(insights, 'insight')} across ${plural(themes.length, 'theme')}`;
}
