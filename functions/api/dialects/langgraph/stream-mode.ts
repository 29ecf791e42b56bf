import * as z from 'zod';

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

const List = z.array(z.string());

/** An SDK repeats the parameter, another writes one list as JSON, a third leaves it empty. */
export const StreamModesParameter = z
  .array(z.string())
  .transform((values) => values.flatMap(listIn).filter((mode) => mode !== ''))
  .pipe(z.array(StreamMode))
  .optional();

function listIn(value: string): string[] {
  if (!value.startsWith('[')) return [value];
  try {
    return List.parse(JSON.parse(value));
  } catch {
    return [value];
  }
}
