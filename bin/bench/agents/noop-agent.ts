import { defineAgent } from 'longrun/agent';
import { scriptedModel } from 'longrun/scripted-model';

/** Says one word: what is left is the way that every agent's run goes. */
export default defineAgent({
  id: 'noop_agent',
  name: 'No-op agent',
  description: 'Does nothing, so that the engine alone is measured.',
  instructions: 'Say that it is done.',
  model: scriptedModel(() => ({ text: 'Done.' })),
});
