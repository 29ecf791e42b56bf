import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import * as z from 'zod';
import type { EmulatorProcess } from '../emulator-process.ts';
import { runCommand } from './run-command.ts';

const root = join(import.meta.dirname, '../../..');
const require = createRequire(import.meta.url);
const cdk = require.resolve('aws-cdk/bin/cdk');
const account = '000000000000';
/** Generous: other work may have the processors. */
const timeoutSeconds = 240;

const Outputs = z
  .object({
    'Longrun-emulator-Data': z.object({ RunTableName: z.string() }),
    'Longrun-emulator-Engine': z.object({ StateMachineArn: z.string(), BusName: z.string() }),
    'Longrun-emulator-Api': z.object({ ApiUrl: z.url() }),
  })
  .transform((stacks) => ({
    ...stacks['Longrun-emulator-Data'],
    ...stacks['Longrun-emulator-Engine'],
    ...stacks['Longrun-emulator-Api'],
  }));

/** What the stacks say about themselves, and two tenants to use them. */
export interface DeployedStacks extends z.infer<typeof Outputs> {
  readonly token: string;
  readonly otherToken: string;
}

/** Deploys all stacks to an emulator with the CDK's own command line, as anybody would. */
export async function deployStacks(emulator: EmulatorProcess): Promise<DeployedStacks> {
  const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region } = emulator.environment;
  const folder = join(emulator.folder, 'deployment');
  await mkdir(folder);
  const outputsFile = join(folder, 'outputs.json');
  const options = { cwd: root, env: environmentOf(emulator, folder), timeoutSeconds };
  const common = ['--no-notices', '--ci', '--output', join(folder, 'assembly')];

  // Where there is no app, none is synthesised for it.
  const bootstrap = [cdk, 'bootstrap', `aws://${account}/${region}`, ...common];
  await runCommand(bootstrap, { ...options, cwd: folder });
  await runCommand(
    [
      ...[cdk, 'deploy', '--all', '--require-approval', 'never', '--method', 'direct', ...common],
      ...['--context', 'stage=emulator'],
      ...['--context', `publicBaseUrl=${endpoint}/_aws/execute-api/${apiId}/emulator`],
      ...['--outputs-file', outputsFile],
    ],
    options,
  );
  const outputs = Outputs.parse(JSON.parse(await readFile(outputsFile, 'utf8')));
  const keyOf = async (org: string) => {
    const create = ['bin/keys.ts', 'create', '--org', org, '--table', outputs.RunTableName];
    return (await runCommand(create, options)).trim();
  };
  return { ...outputs, token: await keyOf('dev'), otherToken: await keyOf('acme') };
}

/** The same as `emulatorApiId` of the stack: the address is part of what is deployed. */
const apiId = '10c4a700';

/** Of the host's own only the path: whoever runs this may have a real account configured. */
const environmentOf = ({ environment }: EmulatorProcess, folder: string): NodeJS.ProcessEnv => ({
  ...environment,
  PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
  HOME: folder,
  TMPDIR: folder,
});
