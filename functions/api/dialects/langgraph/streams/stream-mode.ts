import * as z from 'zod';
import { ListParameter } from '../wire-ids.ts';

/** What a reader may ask a stream for. */
export const StreamMode = z.enum([
  'values',
  'updates',
  'messages',
  'messages-tuple',
  'events',
  'custom',
  'debug',
  'tasks',
  'checkpoints',
]);
export type StreamMode = z.infer<typeof StreamMode>;

/** One mode or several, in the body of a request. */
export const StreamModes = z
  .union([StreamMode, z.array(StreamMode)])
  .transform((modes) => (Array.isArray(modes) ? modes : [modes]));

/** An SDK repeats the parameter, another writes one list as JSON, a third leaves it empty. */
export const StreamModesParameter = ListParameter.transform((modes) =>
  modes.filter((mode) => mode !== ''),
)
  .pipe(z.array(StreamMode))
  .optional();
