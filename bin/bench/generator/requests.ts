export const agentId = 'noop_agent';
const message = JSON.stringify({ message: 'Do nothing.' });

/** The requests of the load as they go over the wire. */
export function requestsFor(token: string) {
  const head = (line: string) =>
    `${line} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${token}\r\n`;
  const get = (path: string) => `${head(`GET ${path}`)}\r\n`;
  const runs = `/api/agents/${agentId}/runs`;
  const submit = `${head(`POST ${runs}/background`)}content-type: application/json\r\ncontent-length: ${message.length}\r\n\r\n${message}`;
  return {
    submit,
    events: (runId: string) => get(`/api/runs/${runId}/events`),
    status: (runId: string) => get(`${runs}/${runId}/status`),
    statuses: (runIds: readonly string[]) => get(`${runs}/status?runIds=${runIds.join(',')}`),
  };
}
export type Requests = ReturnType<typeof requestsFor>;
