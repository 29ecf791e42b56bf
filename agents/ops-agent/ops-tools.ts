import { defineTool } from 'longrun/agent';
import * as z from 'zod';
import { deleteTable } from './demo/delete-table.ts';
import { demoDatabasePath, inTransaction, withDemoDatabase } from './demo/demo-database.ts';
import { Email } from './demo/email.ts';
import { sendEmail } from './demo/outbox.ts';
import { query } from './demo/query.ts';
import { listTables, Table } from './demo/tables.ts';

export const TableList = z.object({ tables: z.array(Table) });
export type TableList = z.infer<typeof TableList>;

const tables = (orgId: string): TableList =>
  withDemoDatabase(orgId, (database) =>
    inTransaction(database, 'DEFERRED', () => ({ tables: listTables(database) })),
  );

const listTablesTool = defineTool({
  name: 'list_tables',
  description: 'The tables of the database, with their columns and how many rows they have.',
  input: z.object({}),
  idempotent: true,
  timeoutSeconds: 30,
  execute: (_, { orgId }) => tables(orgId),
});

const queryTool = defineTool({
  name: 'query',
  description:
    'Reads from the database with one SQLite SELECT; at most 100 rows, within 5 seconds.',
  input: z.object({ sql: z.string().trim().min(1).max(10_000).describe('One SELECT statement.') }),
  idempotent: true,
  timeoutSeconds: 30,
  execute: ({ sql }, { orgId, signal }) => {
    withDemoDatabase(orgId, () => {});
    return query(demoDatabasePath(orgId), sql, signal);
  },
});

export const deleteTableTool = defineTool({
  name: 'delete_table',
  description: 'Deletes a table and all of its rows, which cannot be undone.',
  input: z.object({ table: z.string().min(1).max(128).describe('Name of a table that exists.') }),
  idempotent: true,
  timeoutSeconds: 30,
  approval: { when: 'always' },
  execute: ({ table }, { orgId, idempotencyKey }) =>
    withDemoDatabase(orgId, (database) => deleteTable(database, idempotencyKey, table)),
});

export const sendEmailTool = defineTool({
  name: 'send_email',
  description: 'Sends an email to one address.',
  input: Email,
  idempotent: true,
  timeoutSeconds: 30,
  approval: { when: 'always' },
  execute: (email, { orgId, idempotencyKey }) => sendEmail(orgId, idempotencyKey, email),
});

export const opsTools = [listTablesTool, queryTool, deleteTableTool, sendEmailTool];
