import * as z from 'zod';

export const OrgId = z.string().regex(/^[a-z0-9-]{1,64}$/, 'must match [a-z0-9-]{1,64}');

export const AgentId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must match [A-Za-z0-9_-]{1,64}');

/** A UUID in lower case. */
export const SessionId = z
  .string()
  .transform((id) => id.toLowerCase())
  .pipe(z.guid({ error: 'must be a UUID' }));
