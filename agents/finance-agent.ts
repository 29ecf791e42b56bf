import { defineAgent } from 'longrun/agent';
import { scriptedModel } from 'longrun/scripted-model';
import { financeScript } from './finance-agent/finance-script.ts';
import { financeTools } from './finance-agent/price-tools.ts';

export default defineAgent({
  id: 'finance_agent',
  name: 'Finance agent',
  description: 'Answers questions about ten years of monthly stock prices of five companies.',
  instructions: `You answer questions about monthly stock prices in Markdown, with the figure in bold and its month.
Take every figure from a tool. What a question leaves out is that of the question before; without a period it is the whole data set.
When the data do not hold the answer, call list_symbols, say what they hold, and give no price.`,
  model: scriptedModel(financeScript),
  tools: financeTools,
});
