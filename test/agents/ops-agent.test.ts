import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import opsAgent from '../../agents/ops-agent.ts';
import { Conversation } from './conversation.ts';
import { sentEmails, storedTables } from './ops-demo.ts';
import { useTemporaryDataDir } from './temporary-data-dir.ts';

useTemporaryDataDir();

const ask = (message: string) => new Conversation(opsAgent).say(message);
const refusing = (reason: string | undefined) =>
  new Conversation(opsAgent, { decide: () => ({ refuse: reason }) });

describe('the ops agent', () => {
  it('counts what a table holds', async () => {
    const { text, reasoning, calls } = await ask('How many customers are there?');

    expect(text).toBe('There are **12** customers.');
    expect(calls.map(({ name }) => name)).toEqual(['list_tables', 'query']);
    expect(reasoning).toHaveLength(2);
  });

  it('shows the latest rows', async () => {
    const { text } = await ask('Show the ten latest orders');

    const lines = text.split('\n');
    expect(lines).toHaveLength(12);
    expect(lines[0]).toBe('| id | customer_id | product | quantity | amount | ordered_on |');
    expect(lines[2]).toContain('| 40 |');
    expect(lines[11]).toContain('| 31 |');
  });

  it('runs SQL as it is', async () => {
    const { text } = await ask("SELECT name, city FROM customers WHERE city = 'Oslo'");

    expect(text).toBe('| name | city |\n| --- | --- |\n| Jonas Berg | Oslo |');
  });

  it('lists the tables, but not those it keeps for itself', async () => {
    const { text } = await ask('Which tables are there?');

    expect(text.match(/\*\*\w+\*\*/g)).toEqual([
      '**customers**',
      '**invoices**',
      '**orders**',
      '**products**',
    ]);
  });

  it('deletes a table when that is approved', async () => {
    const { text, calls } = await ask('Delete the table customers.');

    expect(calls.map(({ name }) => name)).toEqual(['list_tables', 'delete_table']);
    expect(text).toBe('The table **customers** is deleted, with its 12 rows.');
    expect(Object.keys(storedTables())).not.toContain('customers');
  });

  it('leaves the table when that is refused, and says why and what else it can do', async () => {
    const { text } = await refusing('Not on a Friday').say('Delete the table customers.');

    expect(text).toContain('I did **not** delete the table **customers**');
    expect(text).toContain('“Not on a Friday”');
    expect(text).toContain('Instead I can');
    expect(storedTables()['customers']).toBe(12);
  });

  it('accepts a refusal without a reason', async () => {
    const { text } = await refusing(undefined).say('Delete the table customers.');

    expect(text).toContain('it was refused, without a reason');
  });

  it.each(['nope', '_applied_effects', 'sqlite_schema'])(
    'does not ask for approval to delete %s, which is no table of the user',
    async (table) => {
      const { text, calls } = await ask(`Delete the table ${table}`);

      expect(calls.map(({ name }) => name)).toEqual(['list_tables']);
      expect(text).toContain(`There is no table **${table}**`);
    },
  );

  it('sends an email with address, subject and text', async () => {
    const { text, calls } = await ask(
      'Send an email to bob@example.com about the outage: we are back.',
    );

    expect(calls.map(({ name, input }) => [name, input])).toEqual([
      ['send_email', { to: 'bob@example.com', subject: 'The outage', body: 'we are back.' }],
    ]);
    expect(text).toContain('is sent to **bob@example.com**');
    expect(sentEmails()).toHaveLength(1);
    expect(sentEmails()[0]).toContain('To: bob@example.com\r\nSubject: The outage\r\n');
  });

  it('does one thing after another, each with its own approval', async () => {
    const asked: string[] = [];
    const decide = (tool: string) => {
      asked.push(tool);
      return 'approve' as const;
    };

    await new Conversation(opsAgent, { decide }).say(
      'Delete the table invoices and email anna@example.com that it is gone',
    );

    expect(asked).toEqual(['delete_table', 'send_email']);
    expect(sentEmails()[0]).toContain('The table invoices is gone.');
  });

  it('does not tell anyone that a table is gone when its deletion was refused', async () => {
    const { text, calls } = await refusing('No').say(
      'Delete the table invoices and email anna@example.com that it is gone',
    );

    expect(calls.map(({ name }) => name)).toEqual(['list_tables', 'delete_table']);
    expect(text).toContain('So I did not send the email to **anna@example.com** either.');
    expect(sentEmails()).toEqual([]);
  });

  it('tells what a query may be when it is another', async () => {
    const { text } = await ask('DELETE FROM customers');

    expect(text).toBe('That did not work. Only reading is allowed here: write a SELECT.');
    expect(storedTables()['customers']).toBe(12);
  });

  it('keeps what is of one organisation from another', async () => {
    await new Conversation(opsAgent, { context: { orgId: 'globex' } }).say(
      'Delete the table customers',
    );

    expect((await ask('How many customers are there?')).text).toBe('There are **12** customers.');
  });

  it('suggests questions that it can answer', async () => {
    const session = new Conversation(opsAgent);
    await session.say('Delete the table customers');

    const questions = await session.followUps();

    expect(questions).toEqual([
      'How many invoices are there?',
      'Show the ten latest orders.',
      'Which tables are there?',
    ]);
    for (const question of questions)
      expect((await session.say(question)).calls.at(-1)?.output.type).toBe('json');
  });

  it('describes its tools to a model and asks a person before each effect', () => {
    for (const tool of opsAgent.tools ?? [])
      expect(z.toJSONSchema(tool.input)).toMatchObject({ type: 'object' });
    const approved = opsAgent.tools?.filter(({ approval }) => approval?.when === 'always');
    expect(approved?.map(({ name }) => name)).toEqual(['delete_table', 'send_email']);
  });
});
