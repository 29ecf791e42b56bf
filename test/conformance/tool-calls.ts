import { us } from './client.ts';
import { allEvents } from './event-stream.ts';
import type { Run } from './runs.ts';

/** The calls that really began, in order; what was refused did not. */
export async function callsBegunBy(of: Run) {
  const events = await allEvents(us, of.id);
  return events.flatMap((event) =>
    event.type === 'tool.started'
      ? [{ tool: event.data.tool, arguments: event.data.arguments }]
      : [],
  );
}
