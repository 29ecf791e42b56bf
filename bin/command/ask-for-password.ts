import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

const shortestPassword = 10;
const madeBytes = 18;

/**
 * From the terminal or a pipe; made where none is given.
 * @throws Error where it is too short
 */
export async function askForPassword(): Promise<{ password: string; made: boolean }> {
  const { isTTY = false } = process.stdin;
  // What is typed is not shown.
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output, terminal: isTTY });
  if (isTTY) process.stderr.write('Password (empty: one is made): ');
  const { value: given = '' } = await lines[Symbol.asyncIterator]().next();
  lines.close();
  if (isTTY) process.stderr.write('\n');
  if (given === '') return { password: randomBytes(madeBytes).toString('base64url'), made: true };
  if (given.length < shortestPassword)
    throw new Error(`A password has at least ${shortestPassword} characters.`);
  return { password: given, made: false };
}
