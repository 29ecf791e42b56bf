import { playbookAgent } from '#agent/playbook/playbook-agent.ts';
import { readPlaybooks } from '#agent/playbook/read-playbooks.ts';
import { type Script, scriptedModel } from '#agent/scripted-model.ts';
import { aTool } from '../a-tool.ts';

/** The text of the system prompt that a script is asked with. */
export const systemOf = ({ prompt }: Parameters<Script>[0]) =>
  prompt[0]?.role === 'system' ? prompt[0].content : '';

/** Says which role it was asked in, and with which message. */
export const echo: Script = (context) => {
  const role = /^Role: (.*)$/m.exec(systemOf(context))?.[1] ?? '';
  return { text: `${role.toLowerCase()} did` };
};

interface Options {
  readonly script?: Script;
  readonly tool?: Parameters<typeof aTool>[0];
}

/** The agent of a playbook whose model is `rehearsal` and whose tool is `work`. */
export function aPlaybookAgent(yaml: string, { script = echo, tool }: Options = {}) {
  const [document] = readPlaybooks(yaml);
  if (document === undefined) throw new Error('No playbook');
  const tools = { rehearsal: scriptedModel(script), work: aTool(tool) };
  return playbookAgent({ ...document.playbook, id: document.playbook.id ?? 'team' }, tools);
}

export const twoRoles = `
framework: praisonai
topic: Releases
llm: rehearsal
roles:
  researcher:
    role: Researcher
    goal: Find out about {topic}
    backstory: Reads a lot.
    tools: [work]
    tasks:
      collect:
        description: Collect what there is on {topic}.
        expected_output: A list
  writer:
    role: Writer
    goal: Write it up
    backstory: Writes well.
    tasks:
      draft:
        description: Write a draft.
        expected_output: A page
      polish:
        description: Polish the draft.
        expected_output: A better page
`;
