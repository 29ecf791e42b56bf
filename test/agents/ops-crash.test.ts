import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { callTool, sentEmails, storedTables } from './ops-demo.ts';
import { useTemporaryDataDir } from './temporary-data-dir.ts';

useTemporaryDataDir();

const email = { to: 'bob@example.com', subject: 'The outage', body: 'We are back.' };
const idempotencyKey = 'run-1:call_2_0';
const program = fileURLToPath(new URL('./crash-before.ts', import.meta.url));

const argumentsOf = (tool: string, input: unknown, orgId: string, crashBefore: number) =>
  [program, tool, JSON.stringify(input), orgId, idempotencyKey, `${crashBefore}`] as const;

/** Kills the process before its change of that number; one that makes fewer ends by itself. */
const crashBefore = (change: number, tool: string, input: unknown, orgId: string) =>
  spawnSync(process.execPath, argumentsOf(tool, input, orgId, change));

const inAnotherProcess = async (tool: string, input: unknown) => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    argumentsOf(tool, input, 'acme', 0),
  );
  return JSON.parse(stdout);
};

describe('a process that is killed before any change it makes', () => {
  it.each([1, 2, 3, 50, 98])(
    'leaves a database that can be filled, as before change %d',
    async (change) => {
      const { signal } = crashBefore(change, 'list_tables', {}, 'acme');
      await callTool('list_tables', {});

      expect(signal).toBe('SIGKILL');
      expect(storedTables()).toEqual({
        _applied_effects: 0,
        customers: 12,
        invoices: 30,
        orders: 40,
        products: 5,
      });
    },
  );

  it('has deleted the table or not, and the repeated call deletes it once', async () => {
    await callTool('list_tables', {});
    for (let change = 1; ; change++) {
      const orgId = `org-${change}`;
      await callTool('list_tables', {}, { orgId });

      const { signal } = crashBefore(change, 'delete_table', { table: 'customers' }, orgId);
      const result = await callTool(
        'delete_table',
        { table: 'customers' },
        { orgId, idempotencyKey },
      );

      expect(result).toEqual({ deleted: 'customers', rowCount: 12 });
      expect(storedTables(orgId)).toEqual({
        _applied_effects: 1,
        invoices: 30,
        orders: 40,
        products: 5,
      });
      if (signal === null) return expect(change).toBeGreaterThan(4);
    }
  });

  it('has sent the whole email or nothing, and the repeated call sends it once', async () => {
    for (let change = 1; ; change++) {
      const orgId = `org-${change}`;

      const { signal } = crashBefore(change, 'send_email', email, orgId);
      const afterCrash = sentEmails(orgId);
      await callTool('send_email', email, { orgId, idempotencyKey });

      expect(afterCrash).toHaveLength(signal === null ? 1 : 0);
      expect(sentEmails(orgId)).toHaveLength(1);
      expect(sentEmails(orgId)[0]).toMatch(/We are back\.\r\n$/);
      if (signal === null) return expect(change).toBeGreaterThan(2);
    }
  });
});

describe('several processes at once', () => {
  it('fill the database once', async () => {
    const lists = await Promise.all(
      Array.from({ length: 4 }, () => inAnotherProcess('list_tables', {})),
    );

    for (const list of lists) expect(list).toEqual(lists[0]);
    expect(storedTables()).toMatchObject({ customers: 12, orders: 40 });
  });

  it('carry the same call out once', async () => {
    const deletions = Array.from({ length: 4 }, () =>
      inAnotherProcess('delete_table', { table: 'orders' }),
    );
    const emails = Array.from({ length: 4 }, () => inAnotherProcess('send_email', email));

    const deleted = await Promise.all(deletions);
    await Promise.all(emails);

    expect(deleted).toEqual(Array(4).fill({ deleted: 'orders', rowCount: 40 }));
    expect(storedTables()).toMatchObject({ _applied_effects: 1 });
    expect(sentEmails()).toHaveLength(1);
  });
});
