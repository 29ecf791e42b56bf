import { writeFileSync } from 'node:fs';
import { eventSchemas } from './event-schemas/event-schemas.ts';

/** Writes the schemas of the events to where their readers find them. */
const file = new URL('../docs/event-schemas.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(eventSchemas(), null, 2)}\n`);
