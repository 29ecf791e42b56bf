import { createHash } from 'node:crypto';
import { type FSWatcher, readdirSync, readFileSync, realpathSync, watch } from 'node:fs';
import { registerHooks } from 'node:module';
import { basename, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import type { AgentDefinition } from '#agent/define-agent.ts';
import { type AgentReach, makeAgent } from '#agent/make-agent.ts';
import { type Agent, type Agents, sees } from '#core/run/agents.ts';
import type { BlobStore } from '#core/store/blob-store.ts';

const entryPattern = /^[^.].*\.(?:ts|mts|js|mjs)$/;
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
    for (const file of this.#entries()) {
      const agent = await this.#loadFile(file);
      if (agent === undefined) continue;
      if (agents.has(agent.id))
        throw new AgentFileError(`${file}: another file declares agent ${agent.id} too`);
      agents.set(agent.id, { file, agent });
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
      .filter((entry) => entry.isFile() && entryPattern.test(entry.name))
      .map((entry) => join(this.#folder, entry.name))
      .sort();
  }

  /** @returns `undefined` where the file says that there is no such agent here */
  async #loadFile(file: string): Promise<Agent | undefined> {
    try {
      const loaded: unknown = await import(pathToFileURL(file).href);
      const { default: definition } = AgentModule.parse(loaded);
      if (definition.available?.() === false) return undefined;
      const { blobs, reach } = this.#options;
      return makeAgent(definition, this.#versionOf(file), blobs, reach);
    } catch (error) {
      throw new AgentFileError(`${file}: ${messageOf(error)}`, { cause: error });
    }
  }

  /** Of the agent's file and all that lies in its folder: any change of them is another version. */
  #versionOf(file: string): string {
    const hash = createHash('sha256').update(readFileSync(file));
    const own = basename(file, extname(file));
    const inside = readdirSync(this.#folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => path.startsWith(join(this.#folder, own, '/')))
      .sort();
    for (const path of inside)
      hash.update(path.slice(this.#folder.length)).update(readFileSync(path));
    return hash.digest('hex').slice(0, versionCharacters);
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

const versionCharacters = 16;

/** What only TypeScript can check of a declaration is left to TypeScript. */
const Definition = z.custom<AgentDefinition>(
  (value) =>
    z
      .object({
        id: z.string(),
        name: z.string(),
        description: z.string(),
        instructions: z.string(),
        model: z.union([
          z.string(),
          z.looseObject({ specificationVersion: z.literal('v4'), modelId: z.string() }),
        ]),
      })
      .safeParse(value).success,
  'the default export must be an agent made with defineAgent({ id, name, description, instructions, model, … })',
);
const AgentModule = z.object({ default: Definition });

function messageOf(error: unknown): string {
  if (error instanceof z.ZodError)
    return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  return error instanceof Error ? error.message : String(error);
}
