import {
  type BatchResultErrorEntry,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Clock } from '#core/run/deps.ts';
import { backoffMs } from './backoff.ts';

export interface OutgoingMessage {
  /** What an error calls it. */
  readonly name: string;
  readonly body: string;
  /** The queue is fair to its groups: none waits behind another's burst. */
  readonly group: string;
  /** @default 0 */
  readonly delaySeconds?: number;
}

interface Deps {
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly clock: Pick<Clock, 'sleep'>;
}

const messagesPerRequest = 10;
const maxAttempts = 4;

/** @throws Error naming the messages that the queue did not take; it has the others */
export async function sendMessages(
  deps: Deps,
  messages: readonly OutgoingMessage[],
): Promise<void> {
  const batches: Promise<string[]>[] = [];
  for (let i = 0; i < messages.length; i += messagesPerRequest)
    batches.push(sendBatch(deps, messages.slice(i, i + messagesPerRequest)));
  const refused = (await Promise.all(batches)).flat();
  if (refused.length > 0) throw new Error(`Not queued: ${refused.join('; ')}`);
}

/** @returns what was refused, and why */
async function sendBatch(
  { client, queueUrl, clock }: Deps,
  messages: readonly OutgoingMessage[],
): Promise<string[]> {
  const refused: BatchResultErrorEntry[] = [];
  let entries = messages.map(toEntry);
  for (let attempt = 1; entries.length > 0; attempt += 1) {
    const { Failed: failed = [] } = await client.send(
      new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }),
    );
    const last = attempt === maxAttempts;
    refused.push(...failed.filter(({ SenderFault }) => SenderFault || last));
    const again = new Set(failed.filter((one) => !refused.includes(one)).map(({ Id }) => Id));
    entries = entries.filter(({ Id }) => again.has(Id));
    if (entries.length > 0) await clock.sleep(backoffMs(attempt));
  }
  return refused.map((one) => describe(one, messages));
}

const toEntry = ({ body, group, delaySeconds = 0 }: OutgoingMessage, i: number) => ({
  Id: `${i}`,
  MessageBody: body,
  MessageGroupId: group,
  ...(delaySeconds > 0 ? { DelaySeconds: delaySeconds } : {}),
});

const describe = (
  { Id, Code, Message }: BatchResultErrorEntry,
  messages: readonly OutgoingMessage[],
) => `${messages[Number(Id)]?.name} (${[Code, Message].filter(Boolean).join(': ')})`;
