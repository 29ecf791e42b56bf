// A process of its own: only a process can be stopped in the midst of a query, and in the service's
// own a long one would hold up all other runs. It imports Node alone, so that it starts fast.
import { constants, DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { Worker } from 'node:worker_threads';

const maxRows = 100;
const maxResultCharacters = 60_000;
const maxCellCharacters = 2_000;
const maxValueBytes = 1_000_000;

const reading: ReadonlySet<number> = new Set([
  constants.SQLITE_SELECT,
  constants.SQLITE_READ,
  constants.SQLITE_FUNCTION,
  constants.SQLITE_RECURSIVE,
]);

type Cell = string | number | null;

function query(path: string, sql: string) {
  using database = new DatabaseSync(path, {
    readOnly: true,
    timeout: 2_000,
    limits: { length: maxValueBytes },
  });
  database.setAuthorizer((action) =>
    reading.has(action) ? constants.SQLITE_OK : constants.SQLITE_DENY,
  );
  const statement = database.prepare(sql);
  // SQLite takes the first statement and leaves the rest unread.
  if (sql.slice(statement.sourceSQL.length).trim() !== '')
    throw new Error('Send a single statement, with nothing after it.');
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  return { columns: statement.columns().map(({ name }) => name), ...collect(statement.iterate()) };
}

function collect(found: Iterable<Record<string, SQLOutputValue>>) {
  const rows: Cell[][] = [];
  let characters = 0;
  for (const values of found) {
    const row = Object.values(values).map(toCell);
    characters += JSON.stringify(row).length;
    if (rows.length === maxRows || characters > maxResultCharacters) return { rows, isCut: true };
    rows.push(row);
  }
  return { rows, isCut: false };
}

function toCell(value: SQLOutputValue): Cell {
  if (value === null || typeof value === 'number') return value;
  if (typeof value === 'bigint')
    return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (typeof value !== 'string') return `(${value.byteLength} bytes)`;
  return value.length > maxCellCharacters ? `${value.slice(0, maxCellCharacters)}…` : value;
}

function answer(path: string, sql: string) {
  try {
    return query(path, sql);
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Kills this process when its time is up. It is not left to the process that began it, which may
 * have died; it takes a thread, because SQLite keeps this one busy.
 */
function limitTime(milliseconds: number): void {
  const program = `setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${milliseconds})`;
  new Worker(program, { eval: true }).unref();
}

const [path = '', sql = '', timeLimitMs] = process.argv.slice(2);
limitTime(Number(timeLimitMs));
process.stdout.write(JSON.stringify(answer(path, sql)));
