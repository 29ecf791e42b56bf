import * as z from 'zod';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** `run_<uuid>` or the bare uuid; anything else cannot be a run and is not found as one. */
export const WireRunId = z.string().transform((id) => {
  const bare = id.toLowerCase().replace(/^run_/, '');
  return uuid.test(bare) ? bare : id;
});

/** How the dialects name a run that do not name it by its bare id. */
export const wireId = (runId: string) => `run_${runId}`;
