import { createHash } from 'node:crypto';
import { defineAgent } from 'longrun/agent';
import { type Script, scriptedModel } from 'longrun/scripted-model';

/** Says what it was shown: sha256 of each picture's bytes. */
const script: Script = ({ prompt }) => {
  const parts = prompt.flatMap(({ role, content }) => (role === 'user' ? content : []));
  const hashes = parts.flatMap((part) =>
    part.type === 'file' && part.data.type === 'data'
      ? [createHash('sha256').update(part.data.data).digest('hex')]
      : [],
  );
  return { text: hashes.join(' ') };
};

export default defineAgent({
  id: 'viewer',
  name: 'Viewer',
  description: 'Looks at pictures.',
  instructions: 'Say what you see.',
  model: scriptedModel(script),
  accepts: ['image/png'],
});
