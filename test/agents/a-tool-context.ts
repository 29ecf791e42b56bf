import type { ToolContext } from 'longrun/agent';

export const aToolContext = (overrides: Partial<ToolContext> = {}): ToolContext => ({
  idempotencyKey: 'run-1:call_0_0',
  signal: new AbortController().signal,
  runId: 'run-1',
  sessionId: 'session-1',
  orgId: 'acme',
  userId: 'anna',
  context: {},
  progress: () => {},
  ...overrides,
});
