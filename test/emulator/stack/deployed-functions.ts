import { randomUUID } from 'node:crypto';
import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import {
  CreateFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { makeClient } from '#adapters/aws/clients.ts';

type FunctionId =
  | 'AdvanceBatch'
  | 'SubmitChunk'
  | 'Dispatch'
  | 'Segment'
  | 'RegisterPause'
  | 'Outbox'
  | 'Reconcile'
  | 'Sweep';

/** A segment may work for long before it answers. */
const client = makeClient(LambdaClient, { requestTimeoutMs: 150_000 });

/** The name that the stack gave a function. */
export async function nameOf(id: FunctionId): Promise<string> {
  const { StackResources: resources = [] } = await makeClient(CloudFormationClient).send(
    new DescribeStackResourcesCommand({ StackName: 'Longrun-emulator-Engine' }),
  );
  const logicalId = new RegExp(`^Functions${id}[0-9A-F]{8}$`);
  const name = resources.find((one) => logicalId.test(`${one.LogicalResourceId}`));
  if (!name?.PhysicalResourceId) throw new Error(`The stack has no function ${id}`);
  return name.PhysicalResourceId;
}

/** What the stack tells the function. */
export async function environmentOf(id: FunctionId): Promise<Readonly<Record<string, string>>> {
  const { Configuration: configuration } = await describe(await nameOf(id));
  return configuration?.Environment?.Variables ?? {};
}

export async function deployedArnOf(id: FunctionId): Promise<string> {
  const { Configuration: configuration } = await describe(await nameOf(id));
  return configuration?.FunctionArn ?? '';
}

/** @returns what the function answers @throws with what it says when it fails */
export async function invoke(name: string, event: unknown): Promise<unknown> {
  const { FunctionError: failure, Payload: payload } = await client.send(
    new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event) }),
  );
  const text = payload?.transformToString() ?? '';
  if (failure) throw new Error(`${name}: ${failure} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/**
 * One more function like the deployed one, which nobody else calls. It goes with the emulator.
 * @param environment of the copy, where it is to differ
 */
export async function copyOf(id: FunctionId, environment: Readonly<Record<string, string>> = {}) {
  const { Configuration: original, Code: code } = await describe(await nameOf(id));
  const bundle = await fetch(code?.Location ?? '');
  const name = `copy-of-${id}-${randomUUID()}`;
  const { FunctionArn: arn = '' } = await client.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Role: original?.Role,
      Runtime: original?.Runtime,
      Handler: original?.Handler,
      Timeout: original?.Timeout,
      MemorySize: original?.MemorySize,
      Environment: { Variables: { ...original?.Environment?.Variables, ...environment } },
      Code: { ZipFile: new Uint8Array(await bundle.arrayBuffer()) },
    }),
  );
  return { name, arn };
}

const describe = (name: string) => client.send(new GetFunctionCommand({ FunctionName: name }));
