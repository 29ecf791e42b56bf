import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { inject } from 'vitest';
import * as z from 'zod';
import { addStacks } from '#lib/add-stacks.ts';
import { readStageConfig } from '#lib/stage-config.ts';

const CdkJson = z.object({ context: z.record(z.string(), z.unknown()) });
const { context: flags } = CdkJson.parse(
  JSON.parse(readFileSync(join(import.meta.dirname, '../../cdk.json'), 'utf8')),
);

const parts = ['Data', 'Engine', 'Api', 'Monitoring'] as const;
export type Deployment = Readonly<Record<(typeof parts)[number], Template>>;

const made = new Map<string, Deployment>();

/** The templates of a deployment with this context. @default stage prod */
export function aDeployment(context: Readonly<Record<string, unknown>> = {}): Deployment {
  const key = JSON.stringify(context);
  const deployment = made.get(key) ?? synthesize(context);
  made.set(key, deployment);
  return deployment;
}

function synthesize(context: Readonly<Record<string, unknown>>): Deployment {
  const stage = `${context['stage'] ?? 'prod'}`;
  return withApp({ stage, ...context }, (app) => {
    const assembly = app.synth();
    const templateOf = (part: string) =>
      Template.fromJSON(assembly.getStackByName(`Longrun-${stage}-${part}`).template);
    return {
      Data: templateOf('Data'),
      Engine: templateOf('Engine'),
      Api: templateOf('Api'),
      Monitoring: templateOf('Monitoring'),
    };
  });
}

/** The app with all its stacks, as `bin/app.ts` makes it. Its assembly is gone when `use` is over. */
export function withApp<T>(context: Readonly<Record<string, unknown>>, use: (app: App) => T): T {
  const outdir = mkdtempSync(join(tmpdir(), 'longrun-assembly-'));
  try {
    const all = { ...flags, ...context, 'aws:cdk:disable-asset-staging': true };
    const app = new App({ outdir, context: all });
    const bundles = new Map(inject('bundles').map((bundle) => [bundle.name, bundle]));
    addStacks(app, readStageConfig(context), bundles);
    return use(app);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
