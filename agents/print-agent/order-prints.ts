import { defineTool } from 'longrun/agent';
import * as z from 'zod';

export const Order = z.object({
  copies: z.int().min(1).max(100),
  widthCm: z.number().min(5).max(100),
  heightCm: z.number().min(1).max(200),
});
export type Order = z.infer<typeof Order>;

export const Receipt = Order.extend({ orderId: z.string(), euros: z.number() });

const eurosPerSquareMetre = 40;

/** Orders nothing in truth: the receipt follows from the order, however often it is written. */
export const orderPrints = defineTool({
  name: 'order_prints',
  description: 'Orders prints of the picture.',
  input: Order,
  idempotent: true,
  retries: 2,
  timeoutSeconds: 10,
  approval: { when: 'always', expiresAfterSeconds: 24 * 3600, onExpiry: 'reject' },
  execute: (order, { idempotencyKey }): z.infer<typeof Receipt> => {
    const squareMetres = (order.copies * order.widthCm * order.heightCm) / 10_000;
    const euros = Math.round(squareMetres * eurosPerSquareMetre * 100) / 100;
    return { ...order, orderId: `demo-${idempotencyKey.slice(0, 8)}`, euros };
  },
});
