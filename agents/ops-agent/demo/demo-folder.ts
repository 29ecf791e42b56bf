import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** A part of a path, so it may hold no separator and not be `..`. */
const OrgId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const DataDir = z.string().min(1).default('./data');

/** Where an organisation's demo database and outbox are: no one sees or deletes what is another's. */
export function demoFolder(orgId: string): string {
  const folder = join(DataDir.parse(process.env['DATA_DIR']), 'ops-demo', OrgId.parse(orgId));
  mkdirSync(folder, { recursive: true });
  return folder;
}
