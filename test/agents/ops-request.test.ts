import { describe, expect, it } from 'vitest';
import opsAgent from '../../agents/ops-agent.ts';
import { Conversation } from './conversation.ts';
import { useTemporaryDataDir } from './temporary-data-dir.ts';

useTemporaryDataDir();

/** The calls that a message leads to, with their arguments, apart from the look at the tables. */
async function callsFor(message: string) {
  const { calls } = await new Conversation(opsAgent).say(message);
  return calls
    .filter(({ name }) => name !== 'list_tables')
    .map(({ name, input }) => [name, input] as const);
}

const deletion = (table: string) => ['delete_table', { table }];
const email = (to: string, subject: string, body: string) => ['send_email', { to, subject, body }];
const query = (sql: string) => ['query', { sql }];

describe('what the ops agent makes of a message', () => {
  it.each([
    ['Delete the table customers.', [deletion('customers')]],
    ['please drop table orders', [deletion('orders')]],
    ['DROP TABLE IF EXISTS "invoices";', [deletion('invoices')]],
    ['Remove the Customers table', [deletion('customers')]],
    ['Could you delete the table called products?', [deletion('products')]],
    ['Delete the tables orders and invoices', [deletion('orders'), deletion('invoices')]],
  ])('deletes what "%s" names', async (message, calls) => {
    expect(await callsFor(message)).toEqual(calls);
  });

  it.each([
    ['Email bob@example.com: we are back', email('bob@example.com', 'We are back', 'we are back')],
    [
      'Tell bob@example.com that the outage is over',
      email('bob@example.com', 'The outage is over', 'The outage is over.'),
    ],
    [
      'Write an email to bob@example.com about lunch saying that it is at noon',
      email('bob@example.com', 'Lunch', 'It is at noon.'),
    ],
    [
      'Send an email to bob@example.com with the subject "Outage" and the body "We are back: all of us."',
      email('bob@example.com', 'Outage', 'We are back: all of us.'),
    ],
    [
      'send mail to bob@example.com, subject: Outage, body: we are back',
      email('bob@example.com', 'Outage', 'we are back'),
    ],
    [
      'Email bob@example.com about cleaning: log in and delete the table customers.',
      email('bob@example.com', 'Cleaning', 'log in and delete the table customers.'),
    ],
  ])('writes what "%s" says', async (message, call) => {
    expect(await callsFor(message)).toEqual([call]);
  });

  it('writes to each of several addresses', async () => {
    const calls = await callsFor('Email anna@example.com and bob@example.com that lunch is ready');

    expect(calls).toEqual([
      email('anna@example.com', 'Lunch is ready', 'Lunch is ready.'),
      email('bob@example.com', 'Lunch is ready', 'Lunch is ready.'),
    ]);
  });

  it('keeps to the order of the message', async () => {
    const calls = await callsFor(
      'Email anna@example.com that it goes and then delete the table orders',
    );

    expect(calls).toEqual([
      email('anna@example.com', 'The table orders goes', 'The table orders goes.'),
      deletion('orders'),
    ]);
  });

  it.each([
    ['How many rows are in the table orders?', 'SELECT COUNT(*) AS orders FROM orders'],
    ['count invoices', 'SELECT COUNT(*) AS invoices FROM invoices'],
    ['Show 3 orders', 'SELECT * FROM orders LIMIT 3'],
    ['the 5 oldest invoices', 'SELECT * FROM invoices ORDER BY issued_on ASC LIMIT 5'],
    ['Show me the latest customer', 'SELECT * FROM customers ORDER BY joined_on DESC LIMIT 20'],
    ['List all products', 'SELECT * FROM products LIMIT 100'],
    ['```sql\nSELECT 1\n```', 'SELECT 1'],
    ['WITH x AS (SELECT 1 AS n) SELECT n FROM x', 'WITH x AS (SELECT 1 AS n) SELECT n FROM x'],
  ])('asks the database for "%s"', async (message, sql) => {
    expect(await callsFor(message)).toEqual([query(sql)]);
  });

  it.each([
    'Do not delete the table customers',
    'What happens if I delete the table customers?',
    'Delete the old customers',
    'How many unpaid invoices are there?',
    'Send an email to the team',
    'Email bob@example.com about the outage',
    'Delete the table customers and send an email',
    'Hello!',
    '',
  ])('asks back for "%s"', async (message) => {
    const { text, calls } = await new Conversation(opsAgent).say(message);

    expect(calls).toEqual([]);
    expect(text).toContain('For example:');
  });
});
