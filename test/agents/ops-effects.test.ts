import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { callTool, sentEmails, storedTables } from './ops-demo.ts';
import { useTemporaryDataDir } from './temporary-data-dir.ts';

useTemporaryDataDir();

const email = { to: 'bob@example.com', subject: 'The outage', body: 'We are back.' };
const idempotencyKey = 'run-1:call_2_0';

describe('delete_table', () => {
  it('gives the first result again when the same call is repeated', async () => {
    const first = await callTool('delete_table', { table: 'customers' }, { idempotencyKey });
    const second = await callTool('delete_table', { table: 'customers' }, { idempotencyKey });

    expect(first).toEqual({ deleted: 'customers', rowCount: 12 });
    expect(second).toEqual(first);
    expect(storedTables()).toMatchObject({ invoices: 30, orders: 40, products: 5 });
  });

  it('fails for another call, because the table is gone', async () => {
    await callTool('delete_table', { table: 'customers' }, { idempotencyKey });

    const another = callTool('delete_table', { table: 'customers' }, { idempotencyKey: 'run-2:a' });

    await expect(another).rejects.toThrow('There is no table customers.');
  });

  it.each(['_applied_effects', 'sqlite_schema', 'x"; DROP TABLE orders; --', 'CUSTOMERS '])(
    'deletes no table named %s',
    async (table) => {
      await expect(callTool('delete_table', { table })).rejects.toThrow('There is no table');

      expect(storedTables()).toMatchObject({ customers: 12, orders: 40 });
    },
  );
});

describe('send_email', () => {
  it('puts one file into the outbox, however often the same call is repeated', async () => {
    const first = await callTool('send_email', email, { idempotencyKey });
    const second = await callTool('send_email', email, { idempotencyKey });

    expect(second).toEqual(first);
    expect(sentEmails()).toHaveLength(1);
  });

  it('does not touch what the first of two same calls has written', async () => {
    await callTool('send_email', email, { idempotencyKey });
    const [written] = sentEmails();

    vi.setSystemTime('2030-01-01');
    onTestFinished(() => void vi.useRealTimers());
    await callTool('send_email', email, { idempotencyKey });

    expect(sentEmails()).toEqual([written]);
  });

  it('sends again for another call', async () => {
    await callTool('send_email', email, { idempotencyKey });
    await callTool('send_email', email, { idempotencyKey: 'run-2:a' });

    expect(sentEmails()).toHaveLength(2);
  });

  it('writes a message that mail programs can read', async () => {
    const subject = 'Grüße aus Zürich: 100 % verfügbar, wirklich 🎉';

    await callTool('send_email', { ...email, subject, body: 'Zeile 1\nZeile 2 – ü' });

    const [head = '', body] = sentEmails()[0]?.split('\r\n\r\n') ?? [];
    const words = [...head.matchAll(/=\?utf-8\?B\?(.+?)\?=/g)].map(([, base64 = '']) => base64);
    expect(words.map((word) => Buffer.from(word, 'base64').toString()).join('')).toBe(subject);
    expect(head.split('\r\n').every((line) => /^[\x20-\x7e]{1,76}$/.test(line))).toBe(true);
    expect(body).toBe('Zeile 1\r\nZeile 2 – ü\r\n');
  });

  it.each([
    [{ ...email, to: 'bob' }, 'Write one address'],
    [{ ...email, to: 'bob@example.com\nBcc: eve@example.com' }, 'Write one address'],
    [{ ...email, subject: 'a\r\nBcc: eve@example.com' }, 'A subject is a single line.'],
    [{ ...email, body: 'ä'.repeat(500) }, 'Keep each line of the body within 998 bytes.'],
  ])('refuses %j', async (input, message) => {
    await expect(callTool('send_email', input)).rejects.toThrow(message);
  });
});

describe('where the demo data lie', () => {
  it.each(['..', 'a/b', '', 'a\\b'])('is never outside the folder, as for %j', async (orgId) => {
    await expect(callTool('list_tables', {}, { orgId })).rejects.toThrow();
  });
});
