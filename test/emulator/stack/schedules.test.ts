import { expect, it } from 'vitest';
import { finance, question } from '../../conformance/agents.ts';
import { us } from '../../conformance/client.ts';
import { eventually } from '../../conformance/eventually.ts';
import { untilIs } from '../../conformance/runs.ts';
import { Schedule } from '../../conformance/wire-of-schedules.ts';
import { invoke, nameOf } from './deployed-functions.ts';

it('fires once for its time, however many sweeps come at once', async () => {
  const at = new Date(Date.now() + 8000).toISOString();
  const json = { at, agentId: finance, input: { message: question } };
  const response = await us.send('POST', '/api/schedules', { json });
  const { links } = Schedule.parse(await response.json());
  await eventually('its time has come', async () => Date.parse(at) < Date.now() || undefined);

  const sweep = await nameOf('Sweep');
  await Promise.all([1, 2, 3].map(() => invoke(sweep, {})));

  const { body } = await us.call(Schedule, 'GET', links.self);
  expect(body).toMatchObject({ state: 'ended', lastFirings: [{ firedFor: at }] });
  expect(body.lastFirings).toHaveLength(1);
  const run = { id: `run_${body.lastFirings[0]?.runId}`, agentId: finance };
  await untilIs(us, run, 'COMPLETED');
  await us.send('DELETE', links.self);
});
