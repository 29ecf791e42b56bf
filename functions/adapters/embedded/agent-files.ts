import { type FSWatcher, readdirSync, realpathSync, watch } from 'node:fs';
import { registerHooks } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import type { AgentDeclaration, AgentReach } from '#agent/agent-declaration.ts';
import { makeAgent } from '#agent/make-agent.ts';
import { type Agent, type Agents, sees } from '#core/run/agents.ts';
import type { BlobStore } from '#core/store/blob-store.ts';
import { AgentModule } from './agent-module.ts';
import { versionOf } from './agent-version.ts';
import {
  isPlaybookFile,
  isToolsFile,
  type PlaybookSource,
  readPlaybookFile,
} from './playbook-file.ts';

const entryPattern = /^[^.].*\.(?:ts|mts|js|mjs|yaml|yml)$/;
const settleMs = 100;

/** An agent's file says something that cannot be served. */
export class AgentFileError extends Error {
  override readonly name = 'AgentFileError';
}

interface Options {
  /** One file an agent; what belongs to `x.ts` lies in the folder `x/`. */
  readonly folder: string;
  readonly blobs: BlobStore;
  /** What the agents' runs reach. @default - as `makeAgent` has it */
  readonly reach?: AgentReach;
  log(level: 'info' | 'warn', message: string, fields: Record<string, unknown>): void;
}

interface DeclaredAgent {
  readonly file: string;
  readonly agent: Agent;
  /** Where the file is YAML. */
  readonly source: PlaybookSource | undefined;
}

interface Declaration {
  readonly declared: AgentDeclaration;
  readonly source: PlaybookSource | undefined;
}

/** The agents of a folder. When a file in it changes they are loaded anew. */
export class AgentFiles implements Agents {
  readonly #options: Options;
  readonly #folder: string;
  #agents = new Map<string, DeclaredAgent>();
  #generation = 0;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: Options) {
    this.#options = options;
    // Modules are known by their real names.
    this.#folder = realpathSync(resolve(options.folder));
    this.#resolveFromHere();
  }

  /** @throws AgentFileError naming the file and what is wrong with it */
  async load(): Promise<void> {
    this.#generation += 1;
    const generation = this.#generation;
    const agents = new Map<string, DeclaredAgent>();
    for (const file of this.#entries())
      for (const one of await this.#loadFile(file)) {
        const { id } = one.agent;
        if (agents.has(id))
          throw new AgentFileError(`${file}: another file declares agent ${id} too`);
        agents.set(id, one);
      }
    // A load that began later has seen newer files.
    if (generation === this.#generation) this.#agents = agents;
  }

  /** Loads again whenever a file changes; what cannot be loaded leaves the agents as they were. */
  watch(): void {
    this.#watcher = watch(this.#folder, { recursive: true }, () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => {
        // A file that was replaced is another file: the watch follows the one that is gone.
        this.#watcher?.close();
        this.watch();
        void this.#reload();
      }, settleMs);
    });
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#watcher?.close();
  }

  find(agentId: string, orgId: string): Agent | undefined {
    const agent = this.#agents.get(agentId)?.agent;
    return agent && sees(orgId, agent) ? agent : undefined;
  }

  list(orgId: string): readonly Agent[] {
    return this.declared()
      .map(({ agent }) => agent)
      .filter((agent) => sees(orgId, agent));
  }

  /** Every agent, whoever sees it. */
  declared(): readonly DeclaredAgent[] {
    return [...this.#agents.values()];
  }

  async #reload(): Promise<void> {
    const { log } = this.#options;
    try {
      await this.load();
      log('info', 'agents reloaded', { agents: [...this.#agents.keys()] });
    } catch (error) {
      log('warn', 'agents not reloaded', { error: messageOf(error) });
    }
  }

  #entries(): string[] {
    return readdirSync(this.#folder, { withFileTypes: true })
      .filter(
        (entry) => entry.isFile() && entryPattern.test(entry.name) && !isToolsFile(entry.name),
      )
      .map((entry) => join(this.#folder, entry.name))
      .sort();
  }

  /** Leaves out the agents of which the file says that they are not here. */
  async #loadFile(file: string): Promise<DeclaredAgent[]> {
    try {
      const version = versionOf(this.#folder, file);
      const declarations = await declarationsOf(file);
      return declarations
        .filter(({ declared }) => declared.available?.() !== false)
        .map(({ declared, source }) => {
          const { blobs, reach } = this.#options;
          const agent = makeAgent(declared, version, blobs, reach);
          return { file, agent, source };
        });
    } catch (error) {
      const colon = isPlaybookFile(file) && /^\d+:\d+: /.test(messageOf(error)) ? ':' : ': ';
      throw new AgentFileError(`${file}${colon}${messageOf(error)}`, { cause: error });
    }
  }

  /**
   * Lets agents anywhere on the disk import `longrun/…` and what this package depends on, and gives
   * their modules a new name in every generation: Node never loads the same name twice.
   */
  #resolveFromHere(): void {
    const root = pathToFileURL(join(this.#folder, '/')).href;
    registerHooks({
      resolve: (specifier, context, next) => {
        const ofAgent = context.parentURL?.startsWith(root) ?? false;
        const bare = ofAgent && /^(?:longrun\/|zod$|@ai-sdk\/)/.test(specifier);
        const found = next(specifier, bare ? { ...context, parentURL: import.meta.url } : context);
        const plain = found.url.split('?')[0];
        return found.url.startsWith(root)
          ? { ...found, url: `${plain}?generation=${this.#generation}` }
          : found;
      },
    });
  }
}

async function declarationsOf(file: string): Promise<Declaration[]> {
  if (isPlaybookFile(file))
    return (await readPlaybookFile(file)).map(({ maker, source }) => ({ declared: maker, source }));
  const loaded: unknown = await import(pathToFileURL(file).href);
  return [{ declared: AgentModule.parse(loaded).default, source: undefined }];
}

function messageOf(error: unknown): string {
  if (error instanceof z.ZodError)
    return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  return error instanceof Error ? error.message : String(error);
}
