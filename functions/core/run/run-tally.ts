import type { RunStatus } from './run.ts';

export interface TallyQuery {
  readonly orgId: string;
  /** @default - all runs of the tenant */
  readonly groupId?: string | undefined;
  /** @default - in any status */
  readonly statuses?: readonly RunStatus[] | undefined;
}

/**
 * How many runs there are, without reading them. Exact when nothing changes; while runs are submitted
 * and end it may be up to 2 s behind.
 */
export interface RunTally {
  count(query: TallyQuery): Promise<number>;
}
