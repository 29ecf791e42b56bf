import { defineAgent } from 'longrun/agent';
import { scriptedModel } from 'longrun/scripted-model';
import { orderPrints } from './print-agent/order-prints.ts';
import { printScript } from './print-agent/print-script.ts';

export default defineAgent({
  id: 'print_agent',
  name: 'Print agent',
  description:
    'Looks at a picture and orders prints of it when a person approves, or changes, the order.',
  instructions: `You order prints of the picture that the user sends, and answer in Markdown.
An order waits for a person's approval, who may change it: say what was ordered in the end.`,
  model: scriptedModel(printScript),
  tools: [orderPrints],
  accepts: ['image/png', 'image/gif'],
  limits: { maxSteps: 5, maxTokens: 20_000 },
});
