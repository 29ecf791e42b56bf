import * as z from 'zod';
import type { Client } from './client.ts';
import { eventually } from './eventually.ts';
import { Uuid } from './wire.ts';

const Time = z.iso.datetime();
const Count = z.int().nonnegative();

export const BatchView = z.strictObject({
  id: Uuid,
  agentId: z.string().min(1),
  status: z.enum(['PLANNING', 'RUNNING', 'CANCELLING', 'COMPLETED', 'CANCELLED', 'FAILED']),
  groupId: z.string().min(1),
  createdAt: Time,
  endedAt: Time.nullable(),
  lines: Count.nullable(),
  counts: z.strictObject({
    INVALID: Count,
    QUEUED: Count,
    RUNNING: Count,
    PAUSED: Count,
    COMPLETED: Count,
    FAILED: Count,
    CANCELLED: Count,
  }),
  percentage: z.int().min(0).max(100),
  estimatedEndAt: Time.nullable(),
  errors: z.array(
    z.strictObject({
      line: z.int().positive(),
      code: z.string().min(1),
      message: z.string().min(1),
      runId: Uuid.optional(),
    }),
  ),
  failure: z.strictObject({ code: z.string(), message: z.string() }).optional(),
  links: z.strictObject({ self: z.url(), results: z.url() }),
});
export type BatchView = z.infer<typeof BatchView>;

export const Upload = z.strictObject({
  id: Uuid,
  url: z.url(),
  method: z.literal('PUT'),
  expiresAt: Time,
});

export const Results = z.strictObject({
  url: z.url(),
  expiresAt: Time,
  complete: z.boolean(),
});

export const ResultLine = z.strictObject({
  line: z.int().positive(),
  status: z.string().min(1),
  runId: Uuid.optional(),
  sessionId: Uuid.optional(),
  output: z
    .strictObject({
      content: z.string(),
      followups: z.array(z.string()),
      structured: z.json().optional(),
    })
    .optional(),
  error: z.strictObject({ code: z.string(), message: z.string() }).optional(),
});

/** Makes a batch; the answer is 202, with the batch. */
export async function makeBatch(
  client: Client,
  json: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ batch: BatchView; replayed: boolean }> {
  const response = await client.send('POST', '/api/batches', { json, headers });
  const text = await response.text();
  if (response.status !== 202) throw new Error(`POST /api/batches: ${response.status} ${text}`);
  return {
    batch: BatchView.parse(JSON.parse(text)),
    replayed: response.headers.get('Idempotency-Replayed') === 'true',
  };
}

export const batchOf = async (client: Client, id: string): Promise<BatchView> =>
  BatchView.parse(await (await client.send('GET', `/api/batches/${id}`)).json());

export const untilEnded = (client: Client, { id }: Pick<BatchView, 'id'>): Promise<BatchView> =>
  eventually(`batch ${id} has ended`, async () => {
    const batch = await batchOf(client, id);
    return batch.endedAt === null ? undefined : batch;
  });

export async function resultsOf(client: Client, { id }: Pick<BatchView, 'id'>) {
  const answer = await client.send('GET', `/api/batches/${id}/results`);
  const { url, complete } = Results.parse(await answer.json());
  const text = await (await fetch(url)).text();
  const lines = text.split('\n').filter((line) => line !== '');
  return { complete, lines: lines.map((line) => ResultLine.parse(JSON.parse(line))) };
}
