import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventSchemas } from '../../bin/event-schemas/event-schemas.ts';

const file = join(import.meta.dirname, '../../docs/event-schemas.json');

it('the schemas in docs are those of what is told: npm run event-schemas writes them', () => {
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(eventSchemas());
});

it('times are in words there, and only what is always there is required', () => {
  const { 'Approval Reminder': reminder } = eventSchemas();

  expect(reminder).toMatchObject({
    properties: { at: { type: 'string', format: 'date-time' }, change: { type: 'number' } },
    required: expect.not.arrayContaining(['links']),
  });
});
