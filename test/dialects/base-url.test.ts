import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { baseUrlOf } from '#api/api-event.ts';
import { anApi, devToken } from '../builders/an-api.ts';
import { type ApiEventOptions, anApiEvent } from '../builders/an-api-event.ts';

const cases: [what: string, event: ApiEventOptions, base: string][] = [
  ['its host', { headers: { host: 'runs.example.com' } }, 'https://runs.example.com'],
  ['its host with a port', { headers: { Host: 'localhost:8080' } }, 'https://localhost:8080'],
  [
    'the protocol that a proxy was asked by',
    { headers: { host: 'x.org', 'X-Forwarded-Proto': 'http' } },
    'http://x.org',
  ],
  [
    "API Gateway's stage",
    { headers: { host: 'x.org' }, stage: '/prod', path: '/api/agents' },
    'https://x.org/prod',
  ],
  [
    'a stage that is named as the path begins',
    { headers: { host: 'x.org' }, stage: '/api', path: '/api/agents' },
    'https://x.org/api',
  ],
  [
    'the domain, where there is no host',
    { domainName: 'abc.execute-api.eu-west-1.amazonaws.com', stage: '/dev', path: '/api/runs' },
    'https://abc.execute-api.eu-west-1.amazonaws.com/dev',
  ],
];

describe('the base of all links is', () => {
  it.each(cases)('%s', (_, event, base) => {
    expect(baseUrlOf(anApiEvent(event), undefined)).toBe(base);
  });

  it('the public base URL where one is set', () => {
    const event = anApiEvent({ headers: { host: 'internal' }, stage: '/prod' });

    expect(baseUrlOf(event, 'https://runs.example.com/v1')).toBe('https://runs.example.com/v1');
  });
});

describe('a link leads back', () => {
  const Links = z.object({ links: z.object({ self: z.string(), events: z.string() }) });

  it.each([
    ['behind a stage', {}, { stage: '/prod' }, 'https://x.org/prod'],
    [
      'through a public base URL',
      { publicBaseUrl: 'https://public.org/a' },
      {},
      'https://public.org/a',
    ],
  ])('%s', async (_, options, event, base) => {
    const { call, submit } = await anApi(options);
    const { id } = await submit();
    const headers = { authorization: `Bearer ${devToken}`, host: 'x.org' };

    const { json } = await call({ path: `/api/runs/${id}`, headers, ...event });

    expect(Links.parse(json).links).toEqual({
      self: `${base}/api/runs/${id}`,
      events: `${base}/api/runs/${id}/events`,
    });
  });

  it('from the answer of a synchronous run to its status', async () => {
    const { call } = await anApi({ publicBaseUrl: 'https://public.org' });

    const run = await call({ path: '/api/agents/echo/runs', json: { message: 'x' } });
    const path = run.headers['location']?.replace('https://public.org', '');
    const status = await call(path === undefined ? {} : { path });

    expect(run.headers['location']).toMatch(
      /^https:\/\/public\.org\/api\/agents\/echo\/runs\/run_/,
    );
    expect(status).toMatchObject({ status: 200, json: { status: 'COMPLETED' } });
  });
});
