import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { demoFolder } from './demo-folder.ts';
import { type Email, toMessage } from './email.ts';

export const SentEmail = z.object({ to: z.string(), subject: z.string(), file: z.string() });
export type SentEmail = z.infer<typeof SentEmail>;

/**
 * Puts the email into the organisation's outbox, once for each key: the file's name follows from the
 * key, and it appears whole or not at all.
 */
export function sendEmail(orgId: string, idempotencyKey: string, email: Email): SentEmail {
  const outbox = join(demoFolder(orgId), 'outbox');
  const messageId = createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 32);
  const file = `${messageId}.eml`;
  if (!existsSync(join(outbox, file))) {
    mkdirSync(outbox, { recursive: true });
    const draft = join(outbox, `.${file}.${randomUUID()}`);
    writeFileSync(draft, toMessage(email, messageId, new Date()));
    renameSync(draft, join(outbox, file));
  }
  return { to: email.to, subject: email.subject, file: `outbox/${file}` };
}
