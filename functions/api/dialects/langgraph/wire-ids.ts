import * as z from 'zod';

const uuid = (what: string) =>
  z
    .string()
    .transform((id) => id.toLowerCase())
    .pipe(z.guid({ error: `Invalid ${what} ID: must be a UUID` }));

export const ThreadId = uuid('thread');
export const RunId = uuid('run');
export const CheckpointId = uuid('checkpoint');

/** Names of fields: repeated, as the SDKs of today do, or as one list of JSON. */
export const ListParameter = z
  .union([z.string(), z.array(z.string())])
  .transform((values) => (Array.isArray(values) ? values : [values]).flatMap(listIn));

function listIn(value: string): string[] {
  const list = z.array(z.string()).safeParse(value.startsWith('[') ? jsonOf(value) : [value]);
  return list.success ? list.data : [value];
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The fields that a caller has chosen, or all. */
export function selected<View extends object>(
  view: View,
  select: readonly string[] | null | undefined,
): Partial<View> {
  if (!select) return view;
  const wanted: Partial<View> = { ...view };
  for (const key in view) if (!select.includes(key)) delete wanted[key];
  return wanted;
}

export const wireTime = (at: number) => new Date(at).toISOString().replace('Z', '+00:00');
