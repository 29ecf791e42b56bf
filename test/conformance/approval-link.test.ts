import { expect, it } from 'vitest';
import * as z from 'zod';
import { aPausedRun } from './agents.ts';
import { nobody, them, us } from './client.ts';
import { detailOf, type Run, untilIs } from './runs.ts';
import { callsBegunBy } from './tool-calls.ts';

const Link = z.strictObject({
  approvalId: z.string().min(1),
  by: z.string().min(1),
  expiresAt: z.iso.datetime(),
  links: z.strictObject({ review: z.url(), approve: z.url(), reject: z.url() }),
});

const pathOf = ({ id }: Run) => `/api/runs/${id}/approval-link`;
const linksOf = async (run: Run) =>
  (await us.call(Link, 'POST', pathOf(run), { json: { name: 'ann' } })).body;

/** As a browser sends the form of the page, which has no token but the link. */
const send = (url: string, form: Record<string, string>) =>
  nobody.send('POST', url, {
    body: `${new URLSearchParams(form)}`,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  });

it('shows the call to whoever has the link, and decides by its form once', async () => {
  const paused = await aPausedRun(us);
  const { links, by } = await linksOf(paused);

  const page = await nobody.send('GET', links.approve);
  const text = await page.text();
  expect(page.status).toBe(200);
  expect(page.headers.get('Cache-Control')).toBe('no-store');
  expect(page.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
  expect(text).toContain('send_email');
  expect(text).toContain('bob@example.com');
  expect((await detailOf(us, paused)).status).toBe('PAUSED');

  const first = await send(links.review, { decision: 'APPROVE', reason: 'Go on.' });
  const second = await send(links.review, { decision: 'REJECT' });
  await untilIs(us, paused, 'COMPLETED');

  expect([first.status, second.status]).toEqual([200, 409]);
  const { approvals } = await detailOf(us, paused);
  expect(approvals).toMatchObject([{ decided: { decision: 'APPROVE', by, reason: 'Go on.' } }]);
  expect(await callsBegunBy(paused)).toHaveLength(1);
  expect(await (await nobody.send('GET', links.review)).text()).toContain(by);
});

it('makes no call that is rejected by a link', async () => {
  const paused = await aPausedRun(us);
  const { links } = await linksOf(paused);

  const response = await send(links.reject, { decision: 'REJECT' });

  expect(response.status).toBe(200);
  await untilIs(us, paused, 'COMPLETED');
  expect(await callsBegunBy(paused)).toEqual([]);
});

it('leads nowhere with another token, and makes links for the tenant of the run alone', async () => {
  const paused = await aPausedRun(us);
  const { links } = await linksOf(paused);
  const { body } = await them.refused(404, 'POST', pathOf(paused), { json: { name: 'eve' } });

  const forged = await send(`${links.review.slice(0, -3)}AAA`, { decision: 'APPROVE' });

  expect(forged.status).toBe(404);
  expect(body.code).toBe('run_not_found');
  expect((await detailOf(us, paused)).status).toBe('PAUSED');
});
