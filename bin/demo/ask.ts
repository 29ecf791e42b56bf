import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import type { Decision } from './client.ts';
import type { Options } from './options.ts';

export interface Answer {
  readonly action: Decision;
  /** Who decided, for the transcript. */
  readonly by: string;
  readonly reason?: string;
}

export const canAsk = () => process.stdin.isTTY === true;

/** Asks the person at the terminal, unless there is none or they said yes to all. */
export async function ask({ yes }: Options): Promise<Answer> {
  if (yes) return { action: 'APPROVE', by: '--yes' };
  if (canAsk()) return askPerson();
  const reason = 'Nobody could be asked.';
  return { action: 'REJECT', by: 'there is no terminal to ask in, and no --yes', reason };
}

async function askPerson(): Promise<Answer> {
  // As a terminal of its own it would keep Ctrl-C to itself.
  const lines = createInterface({ input: process.stdin, output: process.stdout, terminal: false });
  // Ctrl-D is no yes.
  const closed = once(lines, 'close').then(() => 'n');
  try {
    for (;;) {
      const answer = await Promise.race([lines.question('   Approve? (y/n) '), closed]);
      if (/^y(es)?$/i.test(answer.trim())) return { action: 'APPROVE', by: 'you' };
      if (/^no?$/i.test(answer.trim()))
        return { action: 'REJECT', by: 'you', reason: 'The person at the terminal said no.' };
    }
  } finally {
    lines.close();
  }
}
