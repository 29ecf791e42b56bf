import { Cron } from 'croner';
import type { CronCalendar, CronExpression } from '#core/schedule/cron-calendar.ts';

const secondMs = 1000;

/** Reads cron expressions with croner, as the cron of Unix does where clocks change. */
export const cronerCalendar: CronCalendar = {
  isTimeZone: (timeZone) => {
    try {
      return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
    } catch {
      return false;
    }
  },
  fault: (cron) => {
    // It knows nicknames, such as @daily, and more fields too.
    if (cron.trim().split(/\s+/).length !== 5) return 'must have five fields';
    try {
      patternOf({ cron, timeZone: 'UTC' });
      return undefined;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return message.replace(/^CronPattern: /, '');
    }
  },
  next: (expression, after) => patternOf(expression).nextRun(new Date(after))?.getTime(),
  // The match has to be before the reference, which it reads in whole seconds.
  latest: (expression, at) =>
    patternOf(expression)
      .previousRuns(1, new Date(Math.floor(at / secondMs) * secondMs + secondMs))[0]
      ?.getTime(),
};

const patternOf = ({ cron, timeZone }: CronExpression) =>
  new Cron(cron, { timezone: timeZone, mode: '5-part', fixedTimeRule: 'no-wildcard' });
