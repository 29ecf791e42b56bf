import { defineAgent, defineTool } from 'longrun/agent';
import { scriptedModel } from 'longrun/scripted-model';
import { slowScript } from './slow-agent/slow-script.ts';
import { maxSeconds, WorkInput, work } from './slow-agent/work.ts';

export default defineAgent({
  id: 'slow_agent',
  name: 'Slow agent',
  description:
    'Works for 40 seconds, or as long as it is told, to show what a caller sees who waits.',
  instructions: 'Call work with the seconds that the user names, or 40, and say when it is done.',
  model: scriptedModel(slowScript),
  tools: [
    defineTool({
      name: 'work',
      description: 'Works for so many seconds and reports how far it is.',
      input: WorkInput,
      idempotent: true,
      timeoutSeconds: maxSeconds + 60,
      execute: work,
    }),
  ],
});
