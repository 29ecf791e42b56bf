import { setTimeout as sleep } from 'node:timers/promises';

const askEveryMs = 25;

/** How long anything may take that is only a matter of time. */
export const deadlineSeconds = 60;

/** Asks a service on this machine again until there is an answer. @throws when there is none in time */
export async function eventually<T>(what: string, probe: () => Promise<T | undefined>): Promise<T> {
  const endsAt = Date.now() + deadlineSeconds * 1000;
  while (Date.now() < endsAt) {
    const answer = await probe();
    if (answer !== undefined) return answer;
    await sleep(askEveryMs);
  }
  throw new Error(`After ${deadlineSeconds} s still not so: ${what}`);
}
