import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { makeClient } from '#adapters/aws/clients.ts';
import { StepFunctionsRunWorkflow } from '#adapters/aws/step-functions-run-workflow.ts';
import { type LifecycleTask, lifecycle } from '#core/lifecycle.ts';
import { type LifecycleTasks, TaskInput } from '#core/lifecycle-tasks.ts';
import type { RunExecution } from '#core/run/run-workflow.ts';
import { lifecycleDefinition } from '#lib/constructs/lifecycle-definition.ts';
import { installEmulator } from './install-emulator.ts';

const run = promisify(execFile);
const lambda = makeClient(LambdaClient);
const stepFunctions = makeClient(SFNClient);

const LifecycleTaskName = z.enum(['segment', 'register-pause', 'expire-pause', 'finalize']);

/** A function that has its task done by whoever listens there. */
const handler = `exports.handler = async (event) => {
  const answer = await fetch(process.env.TASK_URL, { method: 'POST', body: JSON.stringify(event) });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
};`;

export interface Bridge {
  /** A workflow in the emulator whose tasks are done in this process. */
  workflowOf(tasks: LifecycleTasks): StepFunctionsRunWorkflow;
  /** How many tasks have been called by now. */
  calls(): number;
  close(): void;
}

/** The deployed state machine in the emulator, with functions that call back into this process. */
export async function buildBridge(): Promise<Bridge> {
  const tasksOfRun = new Map<string, LifecycleTasks>();
  let calls = 0;
  const call = async (request: IncomingMessage) => {
    calls += 1;
    const task = LifecycleTaskName.parse(request.url?.slice(1));
    const input = TaskInput.parse(await json(request));
    const tasks = tasksOfRun.get(input.runId);
    if (tasks === undefined) throw new Error(`Run ${input.runId} was started by nobody`);
    return (await tasks[task](input)) ?? null;
  };
  const server = createServer((request, response) => {
    call(request).then(
      (outcome) => response.end(JSON.stringify(outcome)),
      (error: unknown) => response.writeHead(500).end(`${error}`),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  const stateMachineArn = await createMachine(`http://127.0.0.1:${address.port}`);

  class BridgedRunWorkflow extends StepFunctionsRunWorkflow {
    readonly #tasks: LifecycleTasks;

    constructor(tasks: LifecycleTasks) {
      super({ client: stepFunctions, stateMachineArn });
      this.#tasks = tasks;
    }

    override async start(execution: RunExecution): Promise<void> {
      tasksOfRun.set(execution.runId, this.#tasks);
      await super.start(execution);
    }
  }
  return {
    workflowOf: (tasks) => new BridgedRunWorkflow(tasks),
    calls: () => calls,
    close: () => void server.close(),
  };
}

async function createMachine(url: string): Promise<string> {
  const bundle = await zip('index.js', handler);
  const arnOf = async (task: LifecycleTask) => {
    const { FunctionArn: arn = '' } = await lambda.send(
      new CreateFunctionCommand({
        FunctionName: `${task}-${randomUUID()}`,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: role,
        Timeout: 60,
        Environment: { Variables: { TASK_URL: `${url}/${task}` } },
        Code: { ZipFile: bundle },
      }),
    );
    return arn;
  };
  const definition = lifecycleDefinition(lifecycle, {
    segment: await arnOf('segment'),
    'register-pause': await arnOf('register-pause'),
    'expire-pause': await arnOf('expire-pause'),
    finalize: await arnOf('finalize'),
  });
  const { stateMachineArn = '' } = await stepFunctions.send(
    new CreateStateMachineCommand({
      name: `run-${randomUUID()}`,
      definition: JSON.stringify(definition),
      roleArn: role,
    }),
  );
  return stateMachineArn;
}

/** The emulator asks nobody for permission. */
const role = 'arn:aws:iam::000000000000:role/any';

/** Node packs no archives; where the emulator runs, there is a Python that does. */
async function zip(name: string, content: string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'longrun-zip-'));
  try {
    await writeFile(join(folder, name), content);
    await run(await installEmulator(), ['-m', 'zipfile', '-c', 'bundle.zip', name], {
      cwd: folder,
    });
    return await readFile(join(folder, 'bundle.zip'));
  } finally {
    await rm(folder, { recursive: true });
  }
}
