/** An error with what led to it: "fetch failed" alone helps nobody. */
export const describeError = (error: unknown): string =>
  error instanceof Error
    ? [error.message, ...(error.cause === undefined ? [] : [describeError(error.cause)])].join(': ')
    : String(error);
