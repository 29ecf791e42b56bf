import { SqliteItemStore } from '#adapters/embedded/sqlite-item-store.ts';
import { itemStoreTests } from '../adapters/item-store/item-store-tests.ts';
import { aWorkflow } from '../adapters/run-workflow/a-workflow.ts';
import { runWorkflowTests } from '../adapters/run-workflow/run-workflow-tests.ts';
import { aClock } from '../builders/a-clock.ts';
import { aDatabase } from '../builders/a-database.ts';
import { ChaosItemStore } from './chaos-item-store.ts';
import { ChaosRunWorkflow } from './chaos-run-workflow.ts';
import { chaosTasks } from './chaos-tasks.ts';
import { Faults } from './faults.ts';

const calm = () =>
  new Faults({ random: Math.random, clock: aClock(), latestMs: 1000, losses: true });

itemStoreTests(
  'ChaosItemStore before its faults begin',
  () => new ChaosItemStore(new SqliteItemStore(aDatabase()), calm()),
);

runWorkflowTests('ChaosRunWorkflow before its faults begin', (tasks) => {
  const faults = calm();
  const { workflow } = aWorkflow({ tasks: chaosTasks(tasks, faults) });
  return new ChaosRunWorkflow(workflow, faults);
});
