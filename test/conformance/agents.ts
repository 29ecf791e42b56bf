import { randomUUID } from 'node:crypto';
import type { Client } from './client.ts';
import { type Run, run, submit, untilIs } from './runs.ts';

/** The example agents that a target has to serve, and what is said to them. */

export const finance = 'finance_agent';
export const ops = 'ops_agent';
export const print = 'print_agent';
export const slow = 'slow_agent';

export const question = 'What was the highest price of AAPL in 2009?';
export const priceAsked = '210.73';

/** Pauses for an approval of `send_email`. */
export const sendEmail = 'Send an email to bob@example.com about the outage: we are back.';

/** Pauses for one after the other. */
export const sendTwoEmails =
  'Send an email to bob@example.com and anna@example.com about the outage: we are back.';

export const workFor = (seconds: number) => `Work for ${seconds} seconds`;

export const aSession = () => randomUUID();

/** A run that is behind another one in its session until that is cancelled. */
export async function aQueuedRun(client: Client): Promise<{ blocker: Run; queued: Run }> {
  const sessionId = aSession();
  const blocker = await submit(client, slow, { message: workFor(60), sessionId });
  const queued = await submit(client, finance, { message: question, sessionId });
  return { blocker, queued };
}

export async function aRunningRun(client: Client) {
  const run = await submit(client, slow, { message: workFor(60) });
  return untilIs(client, run, 'RUNNING');
}

export async function aPausedRun(client: Client) {
  const run = await submit(client, ops, { message: sendEmail });
  return untilIs(client, run, 'PAUSED');
}

export async function aCompletedRun(client: Client) {
  const run = await submit(client, finance, { message: question });
  return untilIs(client, run, 'COMPLETED');
}

const allTables = ['customers', 'orders', 'invoices'];

/** The tables of the demo database that nobody has had deleted. */
export async function tables(client: Client): Promise<string[]> {
  const { content } = await run(client, ops, { message: 'List the tables.' });
  return allTables.filter((table) => content.includes(table));
}

/** @throws when all are gone, as then nothing can be asked for that needs an approval of its own */
export async function anExistingTable(client: Client): Promise<string> {
  const [table] = await tables(client);
  if (table === undefined) throw new Error(`${ops} of the target has no table left to ask about`);
  return table;
}
