import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { systemClock } from '#adapters/system-clock.ts';
import type { ItemStore } from '#core/store/item-store.ts';
import { OrgId } from '#core/tenant/ids.ts';
import { createUser, listUsers, removeUser, setPassword, Username } from '#core/tenant/users.ts';
import { openStore, whereTheStoreIs } from './open-store.ts';

const usage = `npm run users -- create --org ORGANISATION --username NAME [--email EMAIL] [--group GROUP]…
npm run users -- password NAME    sets another, and ends whatever the user is logged in to
npm run users -- list             names and organisations
npm run users -- remove NAME

A password is asked for, or read from a pipe. Where none is given one is made, and printed once.

${whereTheStoreIs}`;

const { positionals, values } = parseArgs({
  options: {
    org: { type: 'string' },
    username: { type: 'string' },
    email: { type: 'string' },
    group: { type: 'string', multiple: true },
    table: { type: 'string' },
    help: { type: 'boolean' },
  },
  allowPositionals: true,
});

const shortestPassword = 10;
const madeBytes = 18;

interface Deps {
  readonly store: ItemStore;
  readonly clock: typeof systemClock;
}

const commands: Record<string, (deps: Deps, name: string | undefined) => Promise<void>> = {
  create: async (deps) => {
    const orgId = parse(OrgId, '--org', values.org);
    const username = parse(Username, '--username', values.username);
    const { password, made } = await askForPassword();
    const { email = '', group: groups = [] } = values;
    if (!(await createUser(deps, { username, orgId, email, groups, password })))
      throw new Error(`There is a user ${username} already.`);
    console.error(`User ${username} of organisation ${orgId} can log in.`);
    if (made) console.log(password);
  },
  password: async (deps, name) => {
    const { password, made } = await askForPassword();
    if (!(await setPassword(deps, name ?? '', password)))
      throw new Error(`There is no user ${name}.`);
    if (made) console.log(password);
  },
  list: async (deps) => {
    for (const { username, orgId, groups } of await listUsers(deps))
      console.log([username, orgId, groups.join(',')].join('  ').trim());
  },
  remove: async (deps, name = '') => {
    if (!(await removeUser(deps, name))) throw new Error(`There is no user ${name}.`);
    console.log(`User ${name} is removed.`);
  },
};

function parse(schema: typeof OrgId, option: string, value: string | undefined): string {
  if (value === undefined) throw new Error(usage);
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Error(`${option} ${result.error.issues[0]?.message}`);
}

async function askForPassword(): Promise<{ password: string; made: boolean }> {
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

async function main(): Promise<void> {
  const [command = '', name] = positionals;
  const run = commands[command];
  if (run === undefined) throw new Error(usage);
  const { store, close } = await openStore(values.table);
  await run({ store, clock: systemClock }, name);
  await close();
}

if (values.help) console.log(usage);
else {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
