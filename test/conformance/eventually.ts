const firstPauseMs = 50;
const longestPauseMs = 1000;

/** How long anything may take that is only a matter of time. Generous: a target may be far and slow. */
export const deadlineSeconds = 60;

/**
 * Asks again until there is an answer. Targets may show a write late in lists.
 * @throws when there is none after `deadlineSeconds`
 */
export async function eventually<T>(what: string, probe: () => Promise<T | undefined>): Promise<T> {
  const endsAt = Date.now() + deadlineSeconds * 1000;
  for (let pauseMs = firstPauseMs; Date.now() < endsAt; pauseMs *= 1.3) {
    const answer = await probe();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, Math.min(pauseMs, longestPauseMs)));
  }
  throw new Error(`After ${deadlineSeconds} s still not so: ${what}`);
}
