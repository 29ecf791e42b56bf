import type { SQSClient } from '@aws-sdk/client-sqs';
import { systemClock } from '#adapters/system-clock.ts';
import type { Clock } from '#core/run/deps.ts';
import { type RunQueue, type RunRing, ringGroup } from '#core/run/run-queue.ts';
import { QueueMessage } from './queue-message.ts';
import { sendMessages } from './send-messages.ts';

interface Options {
  readonly client: SQSClient;
  readonly queueUrl: string;
  /** @default systemClock */
  readonly clock?: Pick<Clock, 'sleep'>;
}

/**
 * A standard queue that is fair to its groups, each an organisation or its runs of low priority: none
 * waits behind another's burst.
 */
export class SqsRunQueue implements RunQueue {
  readonly #deps;

  constructor({ client, queueUrl, clock = systemClock }: Options) {
    this.#deps = { client, queueUrl, clock };
  }

  /** @throws Error naming the runs whose messages the queue did not take; it has the others */
  async send(messages: readonly RunRing[]): Promise<void> {
    await sendMessages(
      this.#deps,
      messages.map((ring) => ({
        name: `run ${ring.runId}`,
        body: QueueMessage.encode({ runId: ring.runId, orgId: ring.orgId }),
        group: ringGroup(ring),
      })),
    );
  }
}
