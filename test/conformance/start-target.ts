import type { TestProject } from 'vitest/node';
import { startService } from './service-process.ts';
import { settingsFrom, Target, targetVariables } from './target.ts';

/** Long enough to see what a caller gets who waits, short enough to see the end of it. */
const syncLimitSeconds = 7;

/** Takes the target that the environment names, else starts a fresh embedded service. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const settings = settingsFrom((setting) => process.env[targetVariables[setting]]);
  if (settings.url) {
    project.provide('target', Target.parse(settings));
    return undefined;
  }
  const { stop, ...service } = await startService({
    LONGRUN_SYNC_WAIT_SECONDS: `${syncLimitSeconds}`,
    LONGRUN_WEBHOOKS_TO_LOOPBACK: 'true',
  });
  project.provide('target', { ...service, syncLimitSeconds, skip: [] });
  return stop;
}
