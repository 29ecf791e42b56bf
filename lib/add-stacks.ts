import type { App } from 'aws-cdk-lib';
import type { AgentCard } from '#core/run/agents.ts';
import type { FunctionBundles } from './bundling/function-bundle.ts';
import { ApiStack } from './stacks/api-stack.ts';
import { DataStack } from './stacks/data-stack.ts';
import { EngineStack } from './stacks/engine-stack.ts';
import { MonitoringStack } from './stacks/monitoring-stack.ts';
import type { StageConfig } from './stage-config.ts';

/** What the cards of agents say of whom they have to ask. */
export type AskingCard = Pick<AgentCard, 'models' | 'functionArn'>;

/** A whole deployment: nothing of it is shared with another stage. */
export function addStacks(
  app: App,
  config: StageConfig,
  bundles: FunctionBundles,
  cards: readonly AskingCard[] = [],
): void {
  const named = (part: string) => `Longrun-${config.stage}-${part}`;
  const common = { config, tags: { service: 'longrun', stage: config.stage } };
  const data = new DataStack(app, named('Data'), {
    ...common,
    description: 'Longrun: runs, sessions and media',
  });
  const { runTable, idempotencyTable, blobBucket } = data;
  const engine = new EngineStack(app, named('Engine'), {
    ...common,
    description: 'Longrun: what moves runs on',
    models: cards.flatMap(({ models }) => models),
    remoteFunctions: cards.flatMap(({ functionArn }) => functionArn ?? []),
    ...{ bundles, runTable, idempotencyTable, blobBucket },
  });
  const api = new ApiStack(app, named('Api'), {
    ...common,
    description: 'Longrun: the HTTP API',
    ...{ bundles, runTable, idempotencyTable, blobBucket },
    queue: engine.queue,
    workflow: engine.workflow,
    batches: engine.batches,
    webhookQueue: engine.webhookQueue,
  });
  new MonitoringStack(app, named('Monitoring'), {
    ...common,
    description: 'Longrun: alarms and a dashboard',
    engine,
    api,
  });
}
