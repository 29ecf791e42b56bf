import { SQSClient } from '@aws-sdk/client-sqs';
import { makeClient } from '#adapters/aws/clients.ts';
import { runQueueTests } from '../adapters/run-queue-tests.ts';
import { aConsumedQueue } from './emulated-queue.ts';

const client = makeClient(SQSClient);

runQueueTests('SqsRunQueue', (consume) => aConsumedQueue(client, consume));
