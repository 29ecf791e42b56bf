import * as z from 'zod';
import type { Clock } from '../run/deps.ts';
import { RunError } from '../run/run-error.ts';
import { type ItemStore, type Key, TransactionConflict } from '../store/item-store.ts';
import { loginAttemptsKey } from '../store/keys.ts';
import { loginTokenOf } from './login-token.ts';
import { isNobodysPassword, isPassword } from './password.ts';
import { findUser, type User } from './users.ts';

const tokenSeconds = 12 * 3600;
const attemptsPerWindow = 10;
const windowSeconds = 15 * 60;

const Attempts = z.object({
  version: z.number(),
  failures: z.number(),
  /** Epoch milliseconds. */
  until: z.number(),
});

interface Deps {
  readonly store: ItemStore;
  readonly clock: Pick<Clock, 'now'>;
}

export interface LoggedIn {
  readonly user: User;
  readonly token: string;
}

/**
 * A name has ten wrong passwords in a quarter of an hour, whether there is such a user or not.
 * @returns `undefined` where name and password do not belong together
 * @throws RunError too_many_attempts
 */
export async function logIn(
  deps: Deps,
  { username, password }: { readonly username: string; readonly password: string },
): Promise<LoggedIn | undefined> {
  // Counted before it is looked at: many guesses at the same time are many guesses.
  await countAttempt(deps, username);
  const user = await findUser(deps, username);
  const isRight = await (user ? isPassword(password, user.password) : isNobodysPassword(password));
  if (user === undefined || !isRight) return undefined;
  await deps.store.transact([{ delete: loginAttemptsKey(username) }]);
  return { user, token: loginTokenOf(user, deps.clock.now() + tokenSeconds * 1000) };
}

/** Whoever lost to another attempt counts again. */
async function countAttempt(deps: Deps, username: string): Promise<void> {
  while (!(await countsAttempt(deps, loginAttemptsKey(username))));
}

/** @returns whether nobody else has counted meanwhile */
async function countsAttempt({ store, clock }: Deps, key: Key): Promise<boolean> {
  const now = clock.now();
  const item = await store.get(key);
  const known = item && Attempts.parse(item.value);
  const isOpen = known !== undefined && known.until > now;
  const { failures, until } = isOpen ? known : { failures: 0, until: now + windowSeconds * 1000 };
  if (failures >= attemptsPerWindow) throw tooManyAttempts(until - now);
  const value = { failures: failures + 1, until, version: (known?.version ?? 0) + 1 };
  const when = known ? { equals: { version: known.version } } : { absent: true as const };
  try {
    await store.transact([{ put: { ...key, value, expiresAt: until }, when }]);
    return true;
  } catch (error) {
    if (!(error instanceof TransactionConflict)) throw error;
    return false;
  }
}

function tooManyAttempts(ms: number): RunError {
  const retryAfterSeconds = Math.ceil(ms / 1000);
  const message = `Too many wrong passwords for this name; try again in ${retryAfterSeconds} s.`;
  return new RunError('too_many_attempts', message, { retryAfterSeconds });
}
