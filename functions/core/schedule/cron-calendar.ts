/** Five fields in the wall-clock time of a zone of the IANA database. */
export interface CronExpression {
  readonly cron: string;
  readonly timeZone: string;
}

/**
 * Knows when an expression matches. Where the clocks go forward, a fixed time that is skipped comes at
 * the first minute after the gap; where they go back, it comes the first time only. What repeats
 * (`*`, `/`) knows real minutes alone. Times are epoch milliseconds.
 */
export interface CronCalendar {
  isTimeZone(timeZone: string): boolean;
  /** @returns why the expression is none; `undefined` where nothing is wrong with it */
  fault(cron: string): string | undefined;
  /** The first match after that; `undefined` where there is none any more. */
  next(expression: CronExpression, after: number): number | undefined;
  /** The last match at that time or before it. */
  latest(expression: CronExpression, at: number): number | undefined;
}
