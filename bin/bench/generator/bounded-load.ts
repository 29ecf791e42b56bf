import type { LoadResult } from '../protocol.ts';
import { HttpConnection } from './http-connection.ts';

export interface Bounds {
  readonly connections: number;
  readonly count: number;
  readonly seconds: number;
}

/**
 * One thing that a client does again and again.
 * @param endsAt by performance.now()
 * @throws Error where it did not come out as it should
 */
export type Task = (connection: HttpConnection, endsAt: number) => Promise<void>;

/** A service that refuses everything must not be asked for as long as the time lasts. */
const mostErrors = 1000;

/** Has each of `connections` do `task` again and again until count or time is up. */
export async function boundedLoad(
  port: number,
  { connections, count, seconds }: Bounds,
  task: Task,
  progress: (done: number) => void,
): Promise<LoadResult> {
  const times = new Float64Array(count);
  const errors: Record<string, number> = {};
  let begun = 0;
  let done = 0;
  let failed = 0;
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;

  const client = async () => {
    const connection = new HttpConnection(port);
    while (begun < count && failed < mostErrors && performance.now() < endsAt) {
      begun += 1;
      const sentAt = performance.now();
      try {
        await task(connection, endsAt);
        times[done] = performance.now() - sentAt;
        done += 1;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        errors[message] = (errors[message] ?? 0) + 1;
        failed += 1;
      }
    }
    connection.close();
  };
  const ticker = setInterval(() => progress(done), progressEveryMs);
  await Promise.all(Array.from({ length: connections }, client));
  clearInterval(ticker);

  const { user, system } = process.cpuUsage(cpuBefore);
  const sorted = times.subarray(0, done).sort();
  return {
    done,
    seconds: (performance.now() - startedAt) / 1000,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    errors,
    cpuSeconds: (user + system) / 1e6,
  };
}

const progressEveryMs = 500;

/** The smallest time that so large a part of all is not above. */
const percentile = (sorted: Float64Array, part: number) =>
  sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? null;
