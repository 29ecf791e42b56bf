import type { TestProject } from 'vitest/node';
import { startService } from '../conformance/service-process.ts';

/** The conformance suite's target: a fresh embedded service in chaos. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { stop, ...service } = await startService({}, 'test/chaos/serve.ts');
  project.provide('target', { ...service, skip: [] });
  return stop;
}
