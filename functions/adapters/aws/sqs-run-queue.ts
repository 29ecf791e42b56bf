import {
  type BatchResultErrorEntry,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { systemClock } from '#adapters/system-clock.ts';
import type { Clock } from '#core/run/deps.ts';
import { type RunQueue, type RunRing, ringGroup } from '#core/run/run-queue.ts';
import type { RunKey } from '#core/store/keys.ts';
import { backoffMs } from './backoff.ts';
import { QueueMessage } from './queue-message.ts';

interface Options {
  readonly client: SQSClient;
  readonly queueUrl: string;
  /** @default systemClock */
  readonly clock?: Pick<Clock, 'sleep'>;
}

const messagesPerRequest = 10;
const maxAttempts = 4;

/**
 * A standard queue that is fair to its groups, each an organisation or its runs of low priority: none
 * waits behind another's burst.
 */
export class SqsRunQueue implements RunQueue {
  readonly #client: SQSClient;
  readonly #queueUrl: string;
  readonly #clock: Pick<Clock, 'sleep'>;

  constructor({ client, queueUrl, clock = systemClock }: Options) {
    this.#client = client;
    this.#queueUrl = queueUrl;
    this.#clock = clock;
  }

  /** @throws Error naming the runs whose messages the queue did not take; it has the others */
  async send(messages: readonly RunRing[]): Promise<void> {
    const batches: Promise<string[]>[] = [];
    for (let i = 0; i < messages.length; i += messagesPerRequest)
      batches.push(this.#sendBatch(messages.slice(i, i + messagesPerRequest)));
    const refused = (await Promise.all(batches)).flat();
    if (refused.length > 0) throw new Error(`Not queued: ${refused.join('; ')}`);
  }

  /** @returns what was refused, and why */
  async #sendBatch(messages: readonly RunRing[]): Promise<string[]> {
    const refused: BatchResultErrorEntry[] = [];
    let entries = messages.map(toEntry);
    for (let attempt = 1; entries.length > 0; attempt += 1) {
      const { Failed: failed = [] } = await this.#client.send(
        new SendMessageBatchCommand({ QueueUrl: this.#queueUrl, Entries: entries }),
      );
      const last = attempt === maxAttempts;
      refused.push(...failed.filter(({ SenderFault }) => SenderFault || last));
      const again = new Set(failed.filter((one) => !refused.includes(one)).map(({ Id }) => Id));
      entries = entries.filter(({ Id }) => again.has(Id));
      if (entries.length > 0) await this.#clock.sleep(backoffMs(attempt));
    }
    return refused.map((one) => describe(one, messages));
  }
}

const toEntry = (ring: RunRing, i: number): SendMessageBatchRequestEntry => ({
  Id: `${i}`,
  MessageBody: QueueMessage.encode({ runId: ring.runId, orgId: ring.orgId }),
  MessageGroupId: ringGroup(ring),
});

const describe = ({ Id, Code, Message }: BatchResultErrorEntry, messages: readonly RunKey[]) =>
  `run ${messages[Number(Id)]?.runId} (${[Code, Message].filter(Boolean).join(': ')})`;
