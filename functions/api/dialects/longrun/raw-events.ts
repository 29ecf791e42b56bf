import { type EventTranslation, frame } from '#api/event-stream.ts';

/** The events themselves. */
export const rawEvents: EventTranslation = {
  frames: (events) =>
    events
      .map(({ seq, at, type, data }) => {
        const view = { seq, at: new Date(at).toISOString(), type, data };
        return frame({ id: seq, event: type, data: view });
      })
      .join(''),
};
