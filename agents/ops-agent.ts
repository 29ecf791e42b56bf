import { defineAgent } from 'longrun/agent';
import { scriptedModel } from 'longrun/scripted-model';
import { opsTools } from './ops-agent/ops-tools.ts';
import { opsScript } from './ops-agent/script/ops-script.ts';

export default defineAgent({
  id: 'ops_agent',
  name: 'Operations agent',
  description: 'Reads a demo database; deletes tables and sends emails when a person approves it.',
  instructions: `You look after a small SQLite database and answer in Markdown.
Check with list_tables that a table exists before you delete it. Deleting and sending wait for a person's approval: when it is refused, say that nothing was done, give the reason, and offer what you can do instead.
Of several things to do, stop at the first that is not done.`,
  model: scriptedModel(opsScript),
  tools: opsTools,
});
