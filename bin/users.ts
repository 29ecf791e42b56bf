import { OrgId } from '#core/tenant/ids.ts';
import { createUser, listUsers, removeUser, setPassword, Username } from '#core/tenant/users.ts';
import { askForPassword } from './command/ask-for-password.ts';
import { required, storeCommand } from './command/store-command.ts';
import { whereTheStoreIs } from './open-store.ts';

const usage = `npm run users -- create --org ORGANISATION --username NAME [--email EMAIL] [--group GROUP]…
npm run users -- password NAME    sets another, and ends whatever the user is logged in to
npm run users -- list             names and organisations
npm run users -- remove NAME

A password is asked for, or read from a pipe. Where none is given one is made, and printed once.

${whereTheStoreIs}`;

await storeCommand({
  usage,
  options: {
    org: { type: 'string' },
    username: { type: 'string' },
    email: { type: 'string' },
    group: { type: 'string', multiple: true },
  },
  actions: {
    create: {
      read: ({ email = '', group: groups = [], ...names }) => {
        const orgId = required(OrgId, '--org', names.org);
        const username = required(Username, '--username', names.username);
        return async (deps) => {
          const { password, made } = await askForPassword();
          if (!(await createUser(deps, { username, orgId, email, groups, password })))
            throw new Error(`There is a user ${username} already.`);
          console.error(`User ${username} of organisation ${orgId} can log in.`);
          if (made) console.log(password);
        };
      },
    },
    password: {
      operand: 'NAME',
      read: (_, name) => async (deps) => {
        const { password, made } = await askForPassword();
        if (!(await setPassword(deps, name, password)))
          throw new Error(`There is no user ${name}.`);
        if (made) console.log(password);
      },
    },
    list: {
      read: () => async (deps) => {
        for (const { username, orgId, groups } of await listUsers(deps))
          console.log([username, orgId, groups.join(',')].join('  ').trim());
      },
    },
    remove: {
      operand: 'NAME',
      read: (_, name) => async (deps) => {
        if (!(await removeUser(deps, name))) throw new Error(`There is no user ${name}.`);
        console.log(`User ${name} is removed.`);
      },
    },
  },
});
