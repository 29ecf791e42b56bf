import * as z from 'zod';
import { SessionId } from '../tenant/ids.ts';
import { BatchDefaults } from './batch.ts';

/** One line of a batch; what it does not say the batch's defaults say. A key that it cannot have is an error. */
export const BatchLine = BatchDefaults.extend({
  message: z.string().refine((text) => text.trim() !== '', { error: 'must not be empty' }),
  sessionId: SessionId.optional(),
});
export type BatchLine = z.infer<typeof BatchLine>;

export const largestLineBytes = 256 * 1024;

export type ParsedLine = { readonly line: BatchLine } | { readonly problem: string };

/** @returns `undefined` for a blank line */
export function parseLine(text: string): ParsedLine | undefined {
  // A byte order mark is white space too.
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  if (Buffer.byteLength(trimmed) > largestLineBytes)
    return { problem: `is longer than ${largestLineBytes} bytes` };
  try {
    const parsed = BatchLine.safeParse(JSON.parse(trimmed));
    return parsed.success ? { line: parsed.data } : { problem: describe(parsed.error) };
  } catch (error) {
    if (error instanceof RangeError) return { problem: 'is nested too deeply' };
    return { problem: 'is not valid JSON' };
  }
}

const describe = ({ issues }: z.ZodError) =>
  issues
    .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    .join('; ')
    .slice(0, 500);
