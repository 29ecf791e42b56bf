import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { BatchExecution, BatchWorkflow } from '#core/batch/batch-workflow.ts';

interface Options {
  readonly client: SFNClient;
  readonly stateMachineArn: string;
}

/** Executions that work on batches, each named after its batch and the attempt. */
export class StepFunctionsBatchWorkflow implements BatchWorkflow {
  readonly #client: SFNClient;
  readonly #stateMachineArn: string;

  constructor({ client, stateMachineArn }: Options) {
    this.#client = client;
    this.#stateMachineArn = stateMachineArn;
  }

  async start({ orgId, batchId, attempt }: BatchExecution): Promise<void> {
    try {
      await this.#client.send(
        new StartExecutionCommand({
          stateMachineArn: this.#stateMachineArn,
          name: `${batchId}-${attempt}`,
          input: JSON.stringify({ orgId, batchId }),
        }),
      );
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
    }
  }
}
