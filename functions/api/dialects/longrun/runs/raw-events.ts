import { type EventTranslation, frame } from '#api/event-stream.ts';
import { iso } from '#api/iso.ts';

/** The events themselves. */
export const rawEvents: EventTranslation = {
  frames: (events) =>
    events
      .map(({ seq, at, type, data }) => {
        const view = { seq, at: iso(at), type, data };
        return frame({ id: seq, event: type, data: view });
      })
      .join(''),
};
