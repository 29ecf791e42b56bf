import type { StageConfig } from '../stage-config.ts';
import type { ServiceFunction } from './service-function.ts';

/** Tells the function what holds for all runs. */
export function setRunSettings(fn: ServiceFunction, config: StageConfig): void {
  fn.addEnvironment('RETENTION_DAYS', `${config.retentionDays}`);
  fn.addEnvironment('SLOTS_PER_TENANT', `${config.slotsPerTenant}`);
}

/** Lets webhooks go to receivers on the emulator's own machine, and in no account. */
export function setWebhookSettings(fn: ServiceFunction, { isEmulator }: StageConfig): void {
  if (isEmulator) fn.addEnvironment('WEBHOOKS_TO_LOOPBACK', 'true');
}

/** Tells the function how it answers. */
export function setApiSettings(fn: ServiceFunction, config: StageConfig): void {
  fn.addEnvironment('RESPONSE_MODE', config.responseMode);
  if (config.defaultAgent) fn.addEnvironment('DEFAULT_AGENT', config.defaultAgent);
  if (config.publicBaseUrl) fn.addEnvironment('PUBLIC_BASE_URL', config.publicBaseUrl);
}
