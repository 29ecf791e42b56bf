import { defineAgent } from 'longrun/agent';

/** Whichever of these is set says that there is a model to talk to. */
const signs = ['LONGRUN_MODEL', 'ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'AWS_BEARER_TOKEN_BEDROCK'];

export default defineAgent({
  id: 'chat',
  name: 'Chat',
  description: 'Talks about anything, on the model of the provider whose key is set.',
  instructions:
    'You are a helpful assistant. Answer in Markdown, as briefly as the question allows.',
  model: process.env['LONGRUN_MODEL'] || 'default',
  otherModels: ['claude-3-5-sonnet', 'claude-haiku', 'claude-opus', 'gpt-4o', 'gpt-4o-mini'],
  accepts: ['image/*', 'application/pdf'],
  available: () => signs.some((name) => process.env[name]),
});
