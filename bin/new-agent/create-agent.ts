import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentFiles } from '#adapters/embedded/agent-files.ts';
import { AgentId } from '#core/tenant/ids.ts';
import { agentSource, testSource } from './templates.ts';

/**
 * Writes an agent and its test, and nothing where there is one of its name.
 * @returns the files, from the root
 * @throws Error with what is wrong
 */
export async function createAgent(root: string, id: string) {
  const valid = AgentId.safeParse(id);
  if (!valid.success) throw new Error(`The id ${id} ${valid.error.issues[0]?.message}.`);
  const name = fileNameOf(id);
  const agentFile = `agents/${name}.ts`;
  const testFile = `test/agents/${name}.test.ts`;
  if (!/^[a-z]/.test(name)) throw new Error(`The id ${id} must begin with a letter.`);
  if (name === 'tools') throw new Error('agents/tools.ts holds the tools of agents in YAML.');
  const there = [agentFile, `agents/${name}`, testFile].find((path) =>
    existsSync(join(root, path)),
  );
  if (there) throw new Error(`${there} is there already: nothing is written.`);
  await checkId(join(root, 'agents'), id);

  await writeFile(join(root, agentFile), agentSource(id, name), { flag: 'wx' });
  await writeFile(join(root, testFile), testSource(id, name), { flag: 'wx' });
  return { agentFile, testFile };
}

const fileNameOf = (id: string) =>
  id
    .replaceAll(/([a-z\d])([A-Z])/g, '$1-$2')
    .replaceAll(/[_-]+/g, '-')
    .replace(/-$/, '')
    .toLowerCase();

/** An id of two agents would keep the service from starting. */
async function checkId(folder: string, id: string): Promise<void> {
  const none = async () => {
    throw new Error('Nothing is read here');
  };
  const blobs = { put: none, get: none, deleteAll: none };
  const files = new AgentFiles({ folder, blobs, log: () => undefined });
  await files.load();
  const other = files.declared().find(({ agent }) => agent.id === id);
  if (other) throw new Error(`The agent ${id} is declared by ${other.file}: nothing is written.`);
}
