import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';

const usualTimeLimitMs = 5_000;

export const QueryResult = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
  /** There are more rows than are shown. */
  isCut: z.boolean(),
});
export type QueryResult = z.infer<typeof QueryResult>;

const Answer = z.union([QueryResult, z.object({ error: z.string() })]);

const program = fileURLToPath(new URL('./query-process.ts', import.meta.url));
const runFile = promisify(execFile);

/** Reads with one SQL statement. @throws Error that tells what to write otherwise */
export async function query(
  databasePath: string,
  sql: string,
  signal: AbortSignal,
  timeLimitMs = usualTimeLimitMs,
): Promise<QueryResult> {
  const { stdout } = await runFile(
    process.execPath,
    [program, databasePath, sql, `${timeLimitMs}`],
    {
      signal,
      killSignal: 'SIGKILL',
    },
  ).catch((error: unknown) => {
    signal.throwIfAborted();
    throw wasKilled(error)
      ? new Error(`The query was stopped after ${timeLimitMs} ms; ask for less.`)
      : error;
  });
  const answer = Answer.parse(JSON.parse(stdout));
  if ('error' in answer) throw new Error(explain(answer.error));
  return answer;
}

const wasKilled = (error: unknown): boolean =>
  error instanceof Error && 'signal' in error && error.signal === 'SIGKILL';

const explain = (message: string): string =>
  /authoriz|readonly database/i.test(message)
    ? 'Only reading is allowed here: write a SELECT.'
    : `SQLite says: ${message}`;
