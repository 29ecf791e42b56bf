import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LanguageModelV4Prompt } from '@ai-sdk/provider';
import { defineAgent, defineTool, type ToolContext } from 'longrun/agent';
import { type Script, scriptedModel } from 'longrun/scripted-model';
import { Ledger } from '../ledger.ts';
import { Plan, Work } from '../plan.ts';

const lookEveryMs = 10;
const ledger = new Ledger(process.env['DATA_DIR'] ?? '');

/** Calls what the plan in its message says; at its end tells what it knows of the session. */
const script: Script = ({ message, turn, prompt }) => {
  const plan = Plan.parse(JSON.parse(message));
  const calls = plan.turns[turn];
  if (calls) return { toolCalls: calls.map(({ tool, work }) => ({ name: tool, input: work })) };
  return { text: labelsOf(prompt).join(' ') };
};

const labelsOf = (prompt: LanguageModelV4Prompt) =>
  prompt
    .flatMap((message) => (message.role === 'user' ? message.content : []))
    .flatMap((part) => (part.type === 'text' ? [Plan.parse(JSON.parse(part.text)).label] : []));

const tool = (
  name: string,
  idempotent: boolean,
  apply: (call: Parameters<Ledger['effect']>[0]) => void,
) => ({
  name,
  description: `Leaves ${name} in the ledger.`,
  input: Work,
  idempotent,
  async execute({ label, item, ms, holdFile }: Work, context: ToolContext) {
    const { idempotencyKey, signal } = context;
    const call = { idempotencyKey, label, tool: name, item };
    ledger.attempt(call);
    await sleep(ms / 2, undefined, { signal });
    while (holdFile !== undefined && existsSync(holdFile))
      await sleep(lookEveryMs, undefined, { signal });
    apply(call);
    await sleep(ms / 2, undefined, { signal });
    return { item };
  },
});

export default defineAgent({
  id: 'performer',
  name: 'Performer',
  description: 'Does what its message plans, and keeps a ledger.',
  instructions: 'Do what the message says.',
  model: scriptedModel(script),
  tools: [
    defineTool(tool('record', true, (call) => ledger.effectOnce(call))),
    defineTool(tool('post', false, (call) => ledger.effect(call))),
    defineTool({
      ...tool('pay', false, (call) => ledger.effect(call)),
      approval: { when: 'always' },
    }),
    defineTool({
      ...tool('crash', true, () => undefined),
      async execute({ label, item, holdFile }, { idempotencyKey, signal }) {
        ledger.attempt({ idempotencyKey, label, tool: 'crash', item });
        if (holdFile === undefined || !existsSync(holdFile)) return { item };
        process.kill(process.pid, 'SIGKILL');
        return sleep(60_000, undefined, { signal });
      },
    }),
  ],
});
