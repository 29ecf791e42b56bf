import type { RunEventBody } from '#core/run/run-event.ts';

/** What is left to read of a run by whoever drops what was reset. */
export function shownBy(events: readonly RunEventBody[]): string {
  let shown = '';
  for (const event of events) {
    if (event.type === 'step.reset') shown = '';
    if (event.type === 'text.delta') shown += event.data.text;
  }
  return shown;
}
