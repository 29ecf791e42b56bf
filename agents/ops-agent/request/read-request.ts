import type { Email } from '../demo/email.ts';
import { ordersDeletion, readDeletions } from './deletions.ts';
import { type EmailClause, readEmail } from './emails.ts';
import { readLookUp } from './look-up.ts';
import type { Action, Request } from './request.ts';
import { readSql } from './sql.ts';

/** An email's text with its order; searching far more for orders would take long. */
const maxCharacters = 25_000;

/** What a message orders or asks. */
export function readRequest(message: string): Request {
  if (message.length > maxCharacters)
    return { kind: 'unclear', ask: `I read messages of at most ${maxCharacters} characters.` };
  const sql = readSql(message);
  return sql === undefined ? (readActions(message) ?? readLookUp(message)) : { kind: 'sql', sql };
}

function readActions(message: string): Request | undefined {
  const email = readEmail(message);
  const ask = whatIsMissing(message, email);
  if (ask) return { kind: 'unclear', ask };
  const before = readDeletions(email?.before ?? message);
  const after = readDeletions(email?.after ?? '');
  const [first, ...others] = [
    ...before.map(toDeletion),
    ...(email ? toEmails(email, [...before, ...after]) : []),
    ...after.map(toDeletion),
  ];
  return first && { kind: 'act', actions: [first, ...others] };
}

function whatIsMissing(message: string, email: EmailClause | undefined): string | undefined {
  const parts = email ? [email.before, email.after] : [message];
  if (parts.some((part) => ordersDeletion(part) && readDeletions(part).length === 0))
    return 'I delete whole tables only. Which one, as in: *Delete the table customers.*';
  if (!email) return asksForEmail.test(message) ? 'To which address shall I write?' : undefined;
  return email.body || email.said
    ? undefined
    : `What shall the email to ${email.to.join(' and ')} say?`;
}

const asksForEmail = /\b(?:send|write)\b.*\be-?mail\b|(?:^|\band|\bthen)\W*e-?mail\b/i;

const toDeletion = (table: string): Action => ({ kind: 'deleteTable', table });

function toEmails(clause: EmailClause, tables: readonly string[]): Action[] {
  const body = clause.body ?? sentence(withNames(clause.said ?? '', tables));
  const content: Omit<Email, 'to'> = { subject: capital(clause.subject ?? headline(body)), body };
  return clause.to.map((to) => ({ kind: 'sendEmail', email: { to, ...content } }));
}

/** "that it is gone", said of a table, names the table. */
const withNames = (said: string, [table, ...others]: readonly string[]): string =>
  table && others.length === 0 ? said.replace(/^it\b/i, `the table ${table}`) : said;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const sentence = (text: string): string => capital(/[\p{L}\d]$/u.test(text) ? `${text}.` : text);

const maxHeadline = 60;

function headline(text: string): string {
  const [line = ''] = text.split('\n');
  const cut = line.length > maxHeadline ? `${line.slice(0, maxHeadline).trimEnd()}…` : line;
  return cut.replace(/[.!]+$/, '');
}
