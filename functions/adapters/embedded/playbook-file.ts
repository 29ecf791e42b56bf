import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AgentMaker } from '#agent/agent-declaration.ts';
import { type Playbook, PlaybookError } from '#agent/playbook/playbook.ts';
import { playbookAgent } from '#agent/playbook/playbook-agent.ts';
import { labelOf, type PlaybookDocument, readPlaybooks } from '#agent/playbook/read-playbooks.ts';
import { AgentId } from '#core/tenant/ids.ts';

/** A playbook as it was read, for whoever has to make its agent elsewhere. */
export interface PlaybookSource {
  readonly playbook: Playbook & { readonly id: string };
  /** Exports what the playbook names. */
  readonly toolsFile: string | undefined;
}

interface PlaybookDeclaration {
  readonly source: PlaybookSource;
  readonly maker: AgentMaker;
}

export const isPlaybookFile = (file: string) => /\.ya?ml$/.test(file);

const toolsNames = ['tools.ts', 'tools.mts', 'tools.js', 'tools.mjs'];

/** Declares no agent: its exports are there for playbooks. */
export const isToolsFile = (file: string) => toolsNames.includes(basename(file));

export const toolsFileOf = (folder: string) =>
  toolsNames.map((name) => join(folder, name)).find((file) => existsSync(file));

/** @throws Error with `line:column: reason` */
export async function readPlaybookFile(file: string): Promise<PlaybookDeclaration[]> {
  const documents = readPlaybooks(readFileSync(file, 'utf8'));
  const toolsFile = toolsFileOf(dirname(file));
  const tools: unknown = toolsFile && (await import(pathToFileURL(toolsFile).href));
  return documents.map((document) => {
    const { playbook } = document;
    const id = playbook.id ?? idFrom(file, documents.length, document);
    return located(document, () => {
      const source = { playbook: { ...playbook, id }, toolsFile };
      return { source, maker: playbookAgent(source.playbook, tools) };
    });
  });
}

function idFrom(file: string, documents: number, { place }: PlaybookDocument): string {
  const name = basename(file, extname(file));
  const reason =
    documents > 1
      ? 'a file with several agents gives each its id'
      : `${name} is no id: write one with id: …`;
  if (documents > 1 || !AgentId.safeParse(name).success) throw new Error(`${place([])}: ${reason}`);
  return name;
}

function located<T>(document: PlaybookDocument, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof PlaybookError)) throw error;
    const { path, message } = error;
    throw new Error(`${document.place(path)}: ${labelOf(path)}${message}`, { cause: error });
  }
}
