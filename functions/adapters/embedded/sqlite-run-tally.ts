import * as z from 'zod';
import { RunStatus } from '#core/run/run.ts';
import type { RunTally, TallyQuery } from '#core/run/run-tally.ts';
import { groupIndexKey, tenantIndexKey } from '#core/store/keys.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

const Count = z.object({ count: z.number() });

/** Counts what is there: one machine's runs are counted in less time than a count is kept. */
export class SqliteRunTally implements RunTally {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  async count({ orgId, groupId, statuses = RunStatus.options }: TallyQuery): Promise<number> {
    const any = { orgId, runId: '' };
    const [index, { pk }] =
      groupId === undefined
        ? (['tenant', tenantIndexKey(any)] as const)
        : (['group', groupIndexKey(any, groupId)] as const);
    const wanted = statuses.map(() => '?').join(', ');
    const counted = this.#database
      .prepare(
        `SELECT count(*) AS count FROM item
         WHERE ${index}_pk = ? AND value ->> '$.status' IN (${wanted})`,
      )
      .get(pk, ...statuses);
    return Count.parse(counted).count;
  }
}
