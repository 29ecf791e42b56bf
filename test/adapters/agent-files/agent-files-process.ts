import { join } from 'node:path';
import { AgentFiles } from '#adapters/embedded/agent-files.ts';
import { FileBlobStore } from '#adapters/embedded/file-blob-store.ts';
import type { Agent, StepInput } from '#core/run/agents.ts';
import { type FromAgents, ToAgents } from './agent-files-protocol.ts';

/*
 * A process of its own: the agents are loaded by Node, whose module loader a test runner replaces.
 */

const tell = (message: FromAgents) => process.send?.(message);

const open = new Map<string, AgentFiles>();

function filesOf(folder: string): AgentFiles {
  const known = open.get(folder);
  if (known) return known;
  const files = new AgentFiles({
    folder,
    blobs: new FileBlobStore(join(folder, '..', 'blobs')),
    log: (_, message, fields) => tell({ kind: 'logged', folder, message, fields }),
  });
  open.set(folder, files);
  return files;
}

async function answerOf(agent: Agent, message: string): Promise<string> {
  const input: StepInput = {
    run: { orgId: 'acme', runId: 'run', sessionId: 'session', userId: 'ann' },
    step: 1,
    request: { message, media: [], options: {}, generateFollowups: false, context: {} },
    history: [],
    messages: [],
    state: undefined,
    usage: { inputTokens: 0, outputTokens: 0 },
    decision: undefined,
    signal: new AbortController().signal,
    emit: () => undefined,
    begin: async () => undefined,
    begun: undefined,
  };
  const { outcome } = await agent.step(input);
  return outcome.kind === 'done' ? outcome.output.content : JSON.stringify(outcome);
}

async function obey(command: ToAgents): Promise<unknown> {
  const files = filesOf(command.folder);
  switch (command.do) {
    case 'load':
      return files.load();
    case 'watch':
      return files.watch();
    case 'close':
      return files.close();
    case 'list':
      return files.list(command.orgId);
    case 'describe': {
      const agent = files.find(command.agentId, command.orgId);
      return agent && { version: agent.version, answer: await answerOf(agent, 'hello') };
    }
  }
}

process.on('message', async (message) => {
  const command = ToAgents.parse(message);
  try {
    tell({ kind: 'done', number: command.number, value: (await obey(command)) ?? null });
  } catch (error) {
    const { name, message: text } = error instanceof Error ? error : new Error(String(error));
    tell({ kind: 'failed', number: command.number, name, message: text });
  }
});

// Whoever asked is gone.
process.on('disconnect', () => process.exit());
