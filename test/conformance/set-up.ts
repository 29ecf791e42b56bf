import { afterAll, beforeEach, inject } from 'vitest';
import { cancelUnfinished } from './runs.ts';
import { skippedBy } from './target.ts';

const { skip } = inject('target');

beforeEach((context) => {
  const by = skippedBy(skip, context.task.fullTestName);
  if (by) context.skip(`--skip ${by}`);
});

afterAll(cancelUnfinished);
