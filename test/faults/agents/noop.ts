import { defineAgent } from '../../../functions/agent/define-agent.ts';
import { scriptedModel } from '../../../functions/agent/scripted-model.ts';

export default defineAgent({
  id: 'noop',
  name: 'Noop',
  description: 'Says what it was told, and does nothing.',
  instructions: '',
  model: scriptedModel(({ message }) => ({ text: message })),
});
