import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished, vi } from 'vitest';
import * as z from 'zod';
import { aFolder } from '../../builders/an-engine.ts';
import { FromAgents, type ToAgents } from './agent-files-protocol.ts';

type Logged = Extract<FromAgents, { kind: 'logged' }>;
type Ask = ToAgents extends infer One
  ? One extends ToAgents
    ? Omit<One, 'number' | 'folder'>
    : never
  : never;

const program = fileURLToPath(new URL('./agent-files-process.ts', import.meta.url));

/** A process that loads agents, for any number of folders. */
export class AgentsProcess {
  readonly #child: ChildProcess = fork(program);
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #logged: Logged[] = [];
  #count = 0;

  constructor() {
    this.#child.on('message', (message) => this.#take(FromAgents.parse(message)));
    this.#child.on('exit', (code) => {
      for (const { reject } of this.#waiting.values())
        reject(new Error(`The process with the agents has ended with ${code}`));
    });
  }

  ask(folder: string, ask: Ask): Promise<unknown> {
    this.#count += 1;
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(this.#count, answer);
    this.#child.send({ ...ask, folder, number: this.#count });
    return answer.promise;
  }

  loggedOf(folder: string): Logged[] {
    return this.#logged.filter((entry) => entry.folder === folder);
  }

  end(): void {
    this.#child.disconnect();
  }

  #take(message: FromAgents): void {
    if (message.kind === 'logged') {
      this.#logged.push(message);
      return;
    }
    const answer = this.#waiting.get(message.number);
    this.#waiting.delete(message.number);
    if (message.kind === 'done') answer?.resolve(message.value);
    else answer?.reject(Object.assign(new Error(message.message), { name: message.name }));
  }
}

const Summary = z.object({ id: z.string() });
const Description = z.object({ version: z.string(), answer: z.string() }).nullable();

/** A folder with agents, and the service's view of it. */
export function agentsOnDisk(process: AgentsProcess, files: Record<string, string> = {}) {
  const folder = join(aFolder(), 'agents');
  mkdirSync(folder);
  const write = (name: string, text: string) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  const ask = (what: Ask) => process.ask(folder, what);
  onTestFinished(async () => {
    await ask({ do: 'close' });
  });
  return {
    folder,
    write,
    remove: (name: string) => rmSync(join(folder, name), { recursive: true }),
    load: () => ask({ do: 'load' }),
    watch: () => ask({ do: 'watch' }),
    ids: async (orgId = 'acme') =>
      z
        .array(Summary)
        .parse(await ask({ do: 'list', orgId }))
        .map(({ id }) => id),
    /** Version and answer of an agent; `null` where there is none. */
    describe: async (agentId: string, orgId = 'acme') =>
      Description.parse(await ask({ do: 'describe', agentId, orgId })),
    /** Entries of the log with this message, once there are any. */
    logged: (message: string) =>
      eventually(async () => {
        const found = process.loggedOf(folder).filter((entry) => entry.message === message);
        if (found.length === 0) throw new Error(`Not logged: ${message}`);
        return found;
      }),
  };
}

/** Tries again until it succeeds: a change on the disk is noticed a moment later. */
export const eventually = <T>(attempt: () => Promise<T>): Promise<T> =>
  vi.waitFor(attempt, { timeout: 10_000, interval: 10 });

/** The source of an agent that says the same to everything. */
export const agentSource = (id: string, says: string, more = '') => `
import { defineAgent } from 'longrun/agent';
import { scriptedModel } from 'longrun/scripted-model';

export default defineAgent({
  id: '${id}',
  name: 'Agent',
  description: 'An agent of a test',
  instructions: 'Do as the test says.',
  model: scriptedModel(() => ({ text: ${says} })),
  ${more}
});
`;
