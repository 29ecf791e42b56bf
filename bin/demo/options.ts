import { parseArgs } from 'node:util';

export interface Options {
  readonly help: boolean;
  /** Approves without asking. */
  readonly yes: boolean;
  /** @default - the two runs of the usual demo */
  readonly agentId: string | undefined;
  /** @default - one that suits the agent */
  readonly message: string | undefined;
}

export const usage = `npm run demo -- [AGENT [MESSAGE]] [--yes]

Two background runs, shown as they happen: a question about real stock prices, and one that deletes
a table and sends an email, each of which waits for your approval. With an AGENT it is one run of
that agent.

They run on the service at http://localhost:PORT (default 8080) if one is up there. Its token is
LONGRUN_DEV_TOKEN, or the one in DATA_DIR. Otherwise the demo starts a service of its own, with data
that is gone afterwards.

  AGENT     the id of an agent that the service has
  MESSAGE   what it is told; otherwise something that suits it
  --yes     approves without asking

Exit code: 0 when all came out as it should; 1 when something did not; 2 when there is no terminal
to ask in and no --yes: then the calls are rejected, and nothing is deleted or sent.`;

/** @throws Error with what is wrong */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
    },
  });
  const [agentId, message, more] = positionals;
  if (more !== undefined) throw new Error(`Put the message into quotes.\n\n${usage}`);
  return { ...values, agentId, message };
}
