import { defineAgent, defineTool } from 'longrun/agent';
import { type Script, scriptedModel } from 'longrun/scripted-model';
import * as z from 'zod';
import { draftOf, notesOf } from './drafting/draft.ts';

const Drafted = z.object({
  summary: z.string(),
  /** The document that the draft is meant for, where the task names one. */
  target_document_id: z.string().nullable(),
  title: z.string(),
  markdown: z.string(),
});

/** What a task gives along. */
const Target = z.object({ target_document_id: z.string().nullable().default(null) });

const nothing = { target_document_id: null, title: '', markdown: '' };

const script: Script = ({ message, results, jsonName }) => {
  if (jsonName === 'followups') return { json: { questions: [] } };
  const [result] = results;
  if (result === undefined)
    return {
      reasoning: 'All that I know of is in the message: draft_document reads it.',
      toolCalls: [{ name: 'draft_document', input: { text: message } }],
    };
  if (result.outcome === 'ok') return { json: result.value };
  return { json: { ...nothing, summary: `I could not read the message: ${result.value}` } };
};

export default defineAgent({
  id: 'drafting',
  name: 'Drafting',
  description:
    'Drafts a document in Markdown from notes, one a line: the first is its title, "topic: …" goes into a section.',
  instructions: 'Call draft_document with the text of the message, and answer with what it drafts.',
  output: Drafted,
  model: scriptedModel(script),
  tools: [
    defineTool({
      name: 'draft_document',
      description: 'Orders notes into a document with a title and a section for each topic.',
      input: z.object({ text: z.string() }),
      idempotent: true,
      execute: ({ text }, { progress, context }): z.output<typeof Drafted> => {
        const { target_document_id } = Target.parse(context);
        const notes = notesOf(text);
        progress({ phase: 'outlining', percentage: 20, message: `${notes.length} notes` });
        const { title, markdown, sections } = draftOf(notes);
        progress({ phase: 'drafting', percentage: 80, message: title });
        const summary = `Drafted "${title}" from ${notes.length} notes in ${sections} sections`;
        return { summary, target_document_id, title, markdown };
      },
    }),
  ],
});
