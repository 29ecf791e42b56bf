import { defineTool } from 'longrun/agent';
import { scriptedModel } from 'longrun/scripted-model';
import * as z from 'zod';
import { figuresOf } from './tools/measure-text.ts';
import { textTeamScript } from './tools/text-team-script.ts';

/* What the YAML files of this folder may name: tools, and models beside those that have an id. */

export const measureText = defineTool({
  name: 'measure_text',
  description: 'Counts the words and the sentences of a text.',
  input: z.object({ text: z.string().max(100_000) }),
  idempotent: true,
  execute: ({ text }) => figuresOf(text),
});

export const textTeamRehearsal = scriptedModel(textTeamScript);
