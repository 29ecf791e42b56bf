import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  InvalidToken,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
  ValidationException,
} from '@aws-sdk/client-sfn';
import {
  type ExecutionOutcome,
  executionName,
  type RunExecution,
  type RunWorkflow,
} from '#core/run/run-workflow.ts';

interface Options {
  readonly client: SFNClient;
  readonly stateMachineArn: string;
}

/** Executions of the lifecycle in Step Functions, each named after its run and epoch. */
export class StepFunctionsRunWorkflow implements RunWorkflow {
  readonly #client: SFNClient;
  readonly #stateMachineArn: string;

  constructor({ client, stateMachineArn }: Options) {
    this.#client = client;
    this.#stateMachineArn = stateMachineArn;
  }

  async start({ orgId, runId, epoch }: RunExecution): Promise<void> {
    const input = { runId, orgId, epoch };
    await ignoring([ExecutionAlreadyExists], () =>
      this.#client.send(
        new StartExecutionCommand({
          stateMachineArn: this.#stateMachineArn,
          name: executionName(input),
          input: JSON.stringify(input),
        }),
      ),
    );
  }

  async resume(taskToken: string, told: Readonly<Record<string, string>>): Promise<boolean> {
    return ignoring(noWait, () =>
      this.#client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(told) })),
    );
  }

  async failWait(taskToken: string, cause: string): Promise<void> {
    await ignoring(noWait, () =>
      this.#client.send(new SendTaskFailureCommand({ taskToken, error: cause })),
    );
  }

  async stop(execution: RunExecution, cause: string): Promise<void> {
    // Validation fails where the execution has ended, in some implementations of the API.
    await ignoring([ExecutionDoesNotExist, ValidationException], () =>
      this.#client.send(
        new StopExecutionCommand({ executionArn: this.#arnOf(execution), error: cause }),
      ),
    );
  }

  async outcome(execution: RunExecution): Promise<ExecutionOutcome> {
    try {
      const { status } = await this.#client.send(
        new DescribeExecutionCommand({ executionArn: this.#arnOf(execution) }),
      );
      return (status && outcomes[status]) ?? 'unknown';
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return 'unknown';
      throw error;
    }
  }

  consoleUrl(execution: RunExecution): string {
    const arn = this.#arnOf(execution);
    const [, partition = 'aws', , region = ''] = arn.split(':');
    const host = consoleHosts[partition] ?? 'console.aws.amazon.com';
    return `https://${region}.${host}/states/home?region=${region}#/v2/executions/details/${arn}`;
  }

  #arnOf(execution: RunExecution): string {
    const arn = this.#stateMachineArn.replace(':stateMachine:', ':execution:');
    return `${arn}:${executionName(execution)}`;
  }
}

/** Timed out, ended already, or never there. */
const noWait = [TaskTimedOut, TaskDoesNotExist, InvalidToken];

const outcomes: Readonly<Record<string, ExecutionOutcome>> = {
  RUNNING: 'open',
  PENDING_REDRIVE: 'open',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  ABORTED: 'aborted',
  TIMED_OUT: 'timed_out',
};

const consoleHosts: Readonly<Record<string, string>> = {
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** @returns whether it was done; not where it failed with one of the errors */
async function ignoring(
  errors: readonly (new (...args: never[]) => Error)[],
  work: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (errors.some((one) => error instanceof one)) return false;
    throw error;
  }
}
