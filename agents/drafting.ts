import { defineAgent, defineTool } from 'longrun/agent';
import { scriptedModel } from 'longrun/scripted-model';
import * as z from 'zod';
import { describeDraft, draftOf } from './text-tasks/draft.ts';
import { plural, statementsOf } from './text-tasks/statements.ts';
import { taskScript } from './text-tasks/task-script.ts';

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

export default defineAgent({
  id: 'drafting',
  name: 'Drafting',
  description: 'Drafts a document in Markdown from notes; the first line is its title.',
  instructions: 'Call draft_document with the text of the message, and answer with what it drafts.',
  output: Drafted,
  model: scriptedModel(taskScript('draft_document', nothing)),
  tools: [
    defineTool({
      name: 'draft_document',
      description: 'Orders notes into a document with a title and a section for each theme.',
      input: z.object({ text: z.string() }),
      idempotent: true,
      execute: ({ text }, { progress, context }): z.output<typeof Drafted> => {
        const { target_document_id } = Target.parse(context);
        const count = plural(statementsOf(text).length, 'note');
        progress({ phase: 'outlining', percentage: 20, message: count });
        const draft = draftOf(text);
        progress({ phase: 'drafting', percentage: 80, message: draft.title });
        const { title, markdown } = draft;
        return { summary: describeDraft(draft), target_document_id, title, markdown };
      },
    }),
  ],
});
