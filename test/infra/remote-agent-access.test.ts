import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import { RemoteAgentAccess } from '#lib/constructs/remote-agent-access.ts';
import { ServiceFunction } from '#lib/constructs/service-function.ts';
import { readStageConfig } from '#lib/stage-config.ts';
import { permissionsOf } from './permissions-of.ts';

const folder = mkdtempSync(join(tmpdir(), 'longrun-bundle-'));
writeFileSync(join(folder, 'handler.mjs'), 'export const handler = () => {};');
const aBundle = { name: 'segment', folder, bytes: 1, startBytes: 1, modules: {} };

/** What the function may do that asks these. */
function grantedTo(functionArns: readonly string[]) {
  const stack = new Stack(new App(), 'Stack');
  const fn = new ServiceFunction(stack, 'Segment', {
    config: readStageConfig({}),
    bundles: new Map([['segment', aBundle]]),
    bundle: 'segment',
    description: 'Takes steps',
  });
  new RemoteAgentAccess(stack, 'RemoteAgentAccess', { fn, functionArns });
  const [granted = []] = Object.values(permissionsOf(Template.fromStack(stack)));
  return granted.filter((line) => line.includes('lambda'));
}

const live = 'arn:aws:lambda:eu-west-1:111122223333:function:far-away:live';
const other = 'arn:aws:lambda:us-east-1:444455556666:function:other';

it('functions that are agents may be invoked, each by exactly its ARN', () => {
  expect(grantedTo([live, other, live])).toEqual([
    `${live}: lambda InvokeFunction`,
    `${other}: lambda InvokeFunction`,
  ]);
});

it('no function may be invoked where no agent is one', () => {
  expect(grantedTo([])).toEqual([]);
});
