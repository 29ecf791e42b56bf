export interface RunEvent {
  readonly detail: { readonly runId: string; readonly change: number };
}

/** Hands on the events of each run in their order, each once, whatever order and how often they come. */
export function inOrder<Event extends RunEvent>(handle: (event: Event) => void) {
  // In memory here; a consumer that restarts keeps `next` and `waiting` of a run where it keeps the rest.
  const runs = new Map<string, { next: number; waiting: Map<number, Event> }>();
  return (event: Event): void => {
    const { runId, change } = event.detail;
    const run = runs.get(runId) ?? { next: 1, waiting: new Map<number, Event>() };
    runs.set(runId, run);
    if (change >= run.next) run.waiting.set(change, event);
    for (let ready = run.waiting.get(run.next); ready; ready = run.waiting.get(run.next)) {
      run.waiting.delete(run.next);
      run.next += 1;
      handle(ready);
    }
  };
}
