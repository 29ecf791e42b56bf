import * as z from 'zod';
import type { DeliveryKey } from '#core/webhook/delivery-queue.ts';

const Message = z.object({
  orgId: z.string().min(1),
  runId: z.string().min(1),
  seq: z.number(),
  receiver: z.string().min(1),
});

/** The body of a message that rings for a delivery. */
export const encodeDelivery = ({ orgId, runId, seq, receiver }: DeliveryKey): string =>
  JSON.stringify({ orgId, runId, seq, receiver });

/** @throws where it is none */
export const decodeDelivery = (body: string): DeliveryKey => Message.parse(JSON.parse(body));
