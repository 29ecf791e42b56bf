import { describe, expect, it } from 'vitest';
import { aSession, ops, print } from './agents.ts';
import { us } from './client.ts';
import { decide, pathOf, type Run, run, submit, untilIs } from './runs.ts';
import { RunResponse } from './wire.ts';

/** One pixel. */
const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const png = (data: string) => [{ type: 'image/png', data }];

const aPausedOrder = async () => {
  const media = png(pixel);
  const order = await submit(us, print, { message: '3 prints, 10 cm wide', media });
  return untilIs(us, order, 'PAUSED');
};

describe('a picture', () => {
  it('is looked at by an agent that takes pictures', async () => {
    const { requiredAction } = await aPausedOrder();

    expect(requiredAction).toMatchObject({
      tool: 'order_prints',
      args: { copies: 3, widthCm: 10, heightCm: 10 },
    });
  });

  it('is looked at again in the next run of its session', async () => {
    const sessionId = aSession();
    const first = await submit(us, print, {
      message: 'What is this?',
      media: png(pixel),
      sessionId,
    });
    await decide(us, await untilIs(us, first, 'PAUSED'), 'REJECT');

    const response = await run(us, print, { message: 'Thank you.', sessionId });

    expect(response.status).toBe('COMPLETED');
  });

  it.each([
    ['of another type', { type: 'audio/wav', data: pixel }],
    ['of another type, at a URL', { type: 'image/svg+xml', data: 'https://example.com/x.svg' }],
  ])('%s is refused before the run starts', async (_, medium) => {
    const json = { message: 'Print it.', media: [...png(pixel), medium] };

    const { body } = await us.refused(400, 'POST', `/api/agents/${print}/runs`, { json });

    expect(body.invalidParams).toMatchObject([
      { name: 'media[1].type', reason: 'this agent takes image/png, image/gif' },
    ]);
  });

  it('is refused by an agent that takes none', async () => {
    const json = { message: 'List the tables.', media: png(pixel) };

    const { body } = await us.refused(400, 'POST', `/api/agents/${ops}/runs`, { json });

    expect(body.invalidParams).toMatchObject([{ reason: 'this agent takes no media' }]);
  });

  it('of more than 4.5 MB is refused unless it is a URL', async () => {
    const json = { message: 'Print it.', media: png('AAAA'.repeat(1_200_000)) };

    const { body } = await us.refused(413, 'POST', `/api/agents/${print}/runs`, { json });

    expect(body.detail).toContain('give a URL');
  });

  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'https://169.254.169.254/latest/meta-data/',
    'https://10.0.0.1/x.png',
    'https://[::ffff:10.0.0.1]/x.png',
    'https://2852039166/',
    'https://user:pass@example.com/x.png',
  ])('is not fetched from %s: the run fails and says which and why', async (url) => {
    const response = await run(us, print, { message: 'Print it.', media: png(url) });

    expect(response).toMatchObject({ status: 'FAILED', error: { code: 'agent_error' } });
    expect(response.status === 'FAILED' && response.error.message).toContain(`media[0]: ${url}: `);
  });
});

describe('an order of prints', () => {
  const approve = async (paused: Run, args: object) =>
    (
      await us.call(RunResponse, 'POST', `${pathOf(paused)}/continue`, {
        json: { action: 'APPROVE', arguments: args },
      })
    ).body;

  it('is made as a person has changed it', async () => {
    const paused = await aPausedOrder();

    const { content, tools } = await approve(paused, { copies: 1, widthCm: 20, heightCm: 20 });

    expect(content).toContain('Ordered: **1 × 20 × 20 cm** for 1.60 €');
    expect(tools).toMatchObject([{ arguments: { copies: 1, widthCm: 20, heightCm: 20 } }]);
  });
});
