import * as z from 'zod';

/** The body of a message that rings for a queued run: `decode` reads one, `encode` writes one. */
export const QueueMessage = z.codec(
  z.string(),
  z.object({ runId: z.string().min(1), orgId: z.string().min(1) }),
  {
    decode: (body, context) => {
      try {
        return JSON.parse(body);
      } catch {
        context.issues.push({ code: 'invalid_format', format: 'json', input: body });
        return z.NEVER;
      }
    },
    encode: (message) => JSON.stringify(message),
  },
);
