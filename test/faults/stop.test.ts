import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Caller } from './caller.ts';
import { Hold, untilAttempted } from './hold.ts';
import { Ledger } from './ledger.ts';
import { aPlan } from './plan.ts';
import { aService } from './service.ts';

const asked = { code: 0, signal: null };

describe('a service that is asked to stop', () => {
  it('ends with 0 while a tool works, as often as it likes, and the run completes', async () => {
    const service = await aService();
    const caller = new Caller(service);
    await service.start();
    const hold = new Hold(service);
    const id = await caller.submit(
      aPlan('slow', 'record', { tool: 'record', holdFile: hold.file }),
    );
    const exits = [];
    for (const [i, signal] of (['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGTERM'] as const).entries()) {
      await untilAttempted(service, 'slow', i + 2);
      exits.push(await service.stop(signal));
      await service.start();
    }
    await untilAttempted(service, 'slow', exits.length + 2);

    hold.release();
    await caller.untilIs(id, 'COMPLETED');

    const types = (await caller.events(id)).map(({ type }) => type);
    expect(exits).toEqual([asked, asked, asked, asked]);
    expect(types).not.toContain('step.reset');
    expect(new Ledger(service.dataDir).effects('slow')).toMatchObject([{ item: 1 }, { item: 2 }]);
  });

  it('ends with 0 while callers wait for runs and read their events', async () => {
    const service = await aService();
    const caller = new Caller(service);
    await service.start();
    const hold = new Hold(service);
    const plan = aPlan('watched', { tool: 'record', holdFile: hold.file });
    const key = randomUUID();
    const path = '/api/agents/performer/runs';
    const waiting = caller.ask('POST', path, { message: JSON.stringify(plan) }, key).catch(lost);
    await untilAttempted(service, 'watched');
    const [run] = await caller.runs();
    const reading = caller.ask('GET', `/api/runs/${run?.id}/events`).catch(lost);

    const exit = await service.stop('SIGTERM');
    await Promise.all([waiting, reading]);
    hold.release();
    await service.start();
    const again = await caller.insist('POST', path, { message: JSON.stringify(plan) }, key);

    expect(exit).toEqual(asked);
    expect(JSON.parse(again.text)).toMatchObject({ runId: `run_${run?.id}`, status: 'COMPLETED' });
    expect(await caller.runs()).toHaveLength(1);
  });

  it('answers no request with an error of its own', async () => {
    const service = await aService();
    const caller = new Caller(service);
    await service.start();
    const submissions = Array.from({ length: 8 }, async (_, lane) => {
      const ids: string[] = [];
      for (let n = 0; n < 25; n += 1) ids.push(await caller.submit(aPlan(`${lane}-${n}`)));
      return ids;
    });

    const exits = [];
    for (let stop = 1; stop <= 3; stop += 1) {
      await caller.submit(aPlan(`before stop ${stop}`));
      exits.push(await service.stop('SIGTERM'));
      await service.start();
    }
    const ids = (await Promise.all(submissions)).flat();
    await Promise.all(ids.map((id) => caller.untilIs(id, 'COMPLETED')));

    expect(exits).toEqual([asked, asked, asked]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(service.output).not.toMatch(/"level":"error"/);
  });

  it('leaves its data open for what it was asked before', async () => {
    const service = await aService();
    const caller = new Caller(service);
    await service.start();
    const exits = [];
    for (const ms of [2, 5, 10]) {
      const ids = await Promise.all(
        Array.from({ length: 20 }, (_, i) => caller.submit(aPlan(`${ms}-${i}`, 'pay'))),
      );
      await Promise.all(ids.map((id) => caller.untilIs(id, 'PAUSED')));
      const requests = ids.map((id, i) =>
        i % 2 === 0 ? caller.cancel(id) : caller.decideSurely(id, 'APPROVE', id),
      );
      await sleep(ms);
      exits.push(await service.stop('SIGTERM'));
      await service.start();
      await Promise.all(requests);
    }

    expect(exits).toEqual([asked, asked, asked]);
    expect(service.output).not.toMatch(/"level":"error"/);
  });

  it('asks a person about the call that it broke off and that must not be repeated', async () => {
    const service = await aService();
    const caller = new Caller(service);
    await service.start();
    const hold = new Hold(service);
    const id = await caller.submit(aPlan('broken off', { tool: 'post', holdFile: hold.file }));
    await untilAttempted(service, 'broken off');
    await service.stop('SIGTERM');
    hold.release();
    await service.start();

    const run = await caller.untilIs(id, 'PAUSED');
    await caller.decideSurely(id, 'APPROVE', randomUUID());
    await caller.untilIs(id, 'COMPLETED');

    const ledger = new Ledger(service.dataDir);
    expect(run.pendingApproval).toMatchObject({ tool: 'post' });
    expect(run.pendingApproval?.reason).toMatch(/interrupted/);
    expect(ledger.effects('broken off')).toHaveLength(1);
  });
});

const lost = () => undefined;
