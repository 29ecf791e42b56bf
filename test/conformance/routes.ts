import type { Method } from './client.ts';
import { pathOf, type Run } from './runs.ts';

export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly json?: unknown;
}

const request = { message: 'What was the highest price of AAPL in 2009?' };

/** What is asked of an agent. */
export const agentRoutes = (agentId: string): Route[] => [
  { method: 'POST', path: `/api/agents/${agentId}/runs`, json: request },
  { method: 'POST', path: `/api/agents/${agentId}/runs/background`, json: request },
  { method: 'POST', path: `/api/agents/${agentId}/runs/stream`, json: request },
];

/** What is asked of a run through its agent. */
export const agentRunRoutes = (run: Run): Route[] => [
  { method: 'GET', path: `${pathOf(run)}/status` },
  { method: 'POST', path: `${pathOf(run)}/continue`, json: { action: 'REJECT' } },
  { method: 'DELETE', path: pathOf(run) },
];

/** Everything that is asked of a run. */
export const runRoutes = (run: Run): Route[] => [
  ...agentRunRoutes(run),
  { method: 'GET', path: `/api/runs/${run.id}` },
  { method: 'GET', path: `/api/runs/${run.id}/events` },
  { method: 'POST', path: `/api/runs/${run.id}/decision`, json: { decision: 'REJECT' } },
  { method: 'GET', path: `/api/runs/${run.id}/deliveries` },
  { method: 'GET', path: `/api/runs/${run.id}/tool-calls` },
  { method: 'GET', path: `/api/runs/${run.id}/tool-calls/call_0_0` },
  { method: 'POST', path: `/api/runs/${run.id}/retry`, json: {} },
  { method: 'GET', path: `/api/v1/runs/${run.id}/events` },
];

const webhook = '/api/webhooks/01a2014c-0000-7000-8000-000000000001';

const webhookRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/webhooks' },
  { method: 'POST', path: '/api/webhooks', json: { url: 'https://receiver.example/' } },
  { method: 'GET', path: webhook },
  { method: 'PATCH', path: webhook, json: {} },
  { method: 'DELETE', path: webhook },
  { method: 'POST', path: `${webhook}/rotate-secret` },
  { method: 'GET', path: `${webhook}/deliveries` },
  { method: 'GET', path: '/api/webhooks/signing-secret' },
  { method: 'POST', path: '/api/webhooks/signing-secret/rotate' },
  { method: 'GET', path: '/api/webhooks/deliveries/none' },
  { method: 'POST', path: '/api/webhooks/deliveries/none/redeliver' },
];

/** Everything that needs a token. */
export const allRoutes = (run: Run): Route[] => [
  { method: 'GET', path: '/api/agents' },
  ...agentRoutes(run.agentId),
  { method: 'GET', path: `/api/agents/${run.agentId}/runs/status?runIds=${run.id}` },
  ...runRoutes(run),
  { method: 'GET', path: '/api/runs' },
  { method: 'POST', path: '/api/runs/retry', json: {} },
  { method: 'GET', path: '/api/approvals' },
  { method: 'GET', path: '/api/v1/approvals/pending' },
  { method: 'GET', path: '/api/sessions' },
  { method: 'GET', path: '/api/tools' },
  ...webhookRoutes,
];
