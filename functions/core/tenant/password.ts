import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';

/** What is kept of a password. */
export const PasswordHash = z.object({
  algorithm: z.literal('scrypt'),
  /** Of scrypt: what a guess costs. */
  cost: z.number(),
  blockSize: z.number(),
  salt: z.string(),
  hash: z.string(),
});
export type PasswordHash = z.infer<typeof PasswordHash>;

const hashBytes = 32;
const saltBytes = 16;
/** About 50 ms and 32 MiB a guess. */
const usual = { cost: 2 ** 15, blockSize: 8 };

export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(saltBytes);
  const hash = await derive(password, salt, usual);
  return {
    algorithm: 'scrypt',
    ...usual,
    salt: salt.toString('base64'),
    hash: hash.toString('base64'),
  };
}

export async function isPassword(password: string, kept: PasswordHash): Promise<boolean> {
  const hash = await derive(password, Buffer.from(kept.salt, 'base64'), kept);
  return timingSafeEqual(hash, Buffer.from(kept.hash, 'base64'));
}

/** Takes as long as looking at the password of a user that there is. */
export async function isNobodysPassword(password: string): Promise<false> {
  await derive(password, randomBytes(saltBytes), usual);
  return false;
}

function derive(
  password: string,
  salt: Buffer,
  { cost, blockSize }: Pick<PasswordHash, 'cost' | 'blockSize'>,
): Promise<Buffer> {
  const options: ScryptOptions = { cost, blockSize, maxmem: 256 * cost * blockSize };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize(), salt, hashBytes, options, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}
