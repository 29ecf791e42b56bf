import * as z from 'zod';

/** The bare uuid; the published dialects' `run_<uuid>` is accepted. */
export const RunId = z.string().transform((id) => id.toLowerCase().replace(/^run_/, ''));
