import * as z from 'zod';
import { isTimeField } from '#core/outbox/event-envelope.ts';
import { OutboxEvent } from '#core/outbox/outbox-event.ts';

/** JSON Schemas of what is told outside: of `detail`, by `detail-type`. */
export function eventSchemas(): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    OutboxEvent.options.map((kind) => {
      const { type, ...detail } = kind.shape;
      return [type.value, z.toJSONSchema(z.object(detail), { override: asOutside })];
    }),
  );
}

type Override = NonNullable<NonNullable<Parameters<typeof z.toJSONSchema>[1]>['override']>;

/** Times are in ISO 8601 there; what a later version adds must not break who validates. */
const asOutside: Override = ({ jsonSchema, path }) => {
  delete jsonSchema.additionalProperties;
  const name = path.at(-1);
  if (typeof name !== 'string' || !isTimeField(name)) return;
  delete jsonSchema.type;
  Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
};
