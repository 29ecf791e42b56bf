import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import type { RunDeps } from '#core/run/deps.ts';
import { functionEnvironment } from './function-environment.ts';

const logger = new Logger({
  serviceName: 'longrun',
  logLevel: levelOf(functionEnvironment.logLevel()),
});

/** One line of JSON an entry, with the id of the request that it belongs to. Never payloads. */
export const log: RunDeps['log'] = (level, message, fields) => logger[level](message, fields);

/** Every entry from here on belongs to this invocation. */
export function logFor(context: Context): void {
  logger.addContext(context);
}

function levelOf(level: 'info' | 'warn' | 'error') {
  return ({ info: 'INFO', warn: 'WARN', error: 'ERROR' } as const)[level];
}
