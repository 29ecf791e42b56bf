import type { SQSClient } from '@aws-sdk/client-sqs';
import { systemClock } from '#adapters/system-clock.ts';
import type { Clock } from '#core/run/deps.ts';
import type { RunQueue } from '#core/run/run-queue.ts';
import type { RunKey } from '#core/store/keys.ts';
import { QueueMessage } from './queue-message.ts';
import { sendMessages } from './send-messages.ts';

interface Options {
  readonly client: SQSClient;
  readonly queueUrl: string;
  /** @default systemClock */
  readonly clock?: Pick<Clock, 'sleep'>;
}

/** A standard queue whose groups are the organisations. */
export class SqsRunQueue implements RunQueue {
  readonly #deps;

  constructor({ client, queueUrl, clock = systemClock }: Options) {
    this.#deps = { client, queueUrl, clock };
  }

  /** @throws Error naming the runs whose messages the queue did not take; it has the others */
  async send(messages: readonly RunKey[]): Promise<void> {
    await sendMessages(
      this.#deps,
      messages.map(({ runId, orgId }) => ({
        name: `run ${runId}`,
        body: QueueMessage.encode({ runId, orgId }),
        group: orgId,
      })),
    );
  }
}
