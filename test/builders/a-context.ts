import type { Context } from 'aws-lambda';

/** What Lambda tells a function about its invocation. */
export const aContext = (overrides: Partial<Context> = {}): Context => ({
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'function-of-the-tests',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:function-of-the-tests',
  memoryLimitInMB: '256',
  awsRequestId: '22222222-2222-4222-8222-222222222222',
  logGroupName: '',
  logStreamName: '',
  getRemainingTimeInMillis: () => 30_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
  ...overrides,
});
