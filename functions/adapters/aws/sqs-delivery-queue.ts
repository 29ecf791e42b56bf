import { createHash } from 'node:crypto';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { systemClock } from '#adapters/system-clock.ts';
import type { Clock } from '#core/run/deps.ts';
import type { DeliveryQueue, DeliveryRing } from '#core/webhook/delivery-queue.ts';
import { encodeDelivery } from './delivery-message.ts';
import { sendMessages } from './send-messages.ts';

interface Options {
  readonly client: SQSClient;
  readonly queueUrl: string;
  /** @default systemClock */
  readonly clock?: Pick<Clock, 'sleep'>;
}

/** A standard queue whose groups are the receivers: a dead one's deliveries wait, not everybody's. */
export class SqsDeliveryQueue implements DeliveryQueue {
  readonly #deps;

  constructor({ client, queueUrl, clock = systemClock }: Options) {
    this.#deps = { client, queueUrl, clock };
  }

  /** @throws Error naming the deliveries whose messages the queue did not take; it has the others */
  async send(rings: readonly DeliveryRing[]): Promise<void> {
    await sendMessages(
      this.#deps,
      rings.map((ring) => ({
        name: `delivery of run ${ring.runId}`,
        body: encodeDelivery(ring),
        group: groupOf(ring),
        delaySeconds: Math.ceil(ring.delayMs / 1000),
      })),
    );
  }
}

/** A group's name may not hold every character of a lane's, nor be as long. */
const groupOf = ({ lane }: DeliveryRing) => createHash('sha256').update(lane).digest('hex');
