import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Caller } from './caller.ts';
import { Hold, untilAttempted } from './hold.ts';
import { Ledger } from './ledger.ts';
import { aPlan } from './plan.ts';
import { aService, type Service } from './service.ts';

const startsAllowed = 10;

/** As a supervisor does: starts it again, until a process lives that no run has killed. */
async function restartUntilItStays(service: Service): Promise<void> {
  for (let starts = 0; starts < startsAllowed; starts += 1) {
    await service.exit;
    if ((await service.startOrEnd()) && (await serves(service))) return;
  }
  throw new Error(`The service does not stay:\n${service.output}`);
}

/** @returns `false` where the process ends before it has completed a run */
async function serves(service: Service): Promise<boolean> {
  const caller = new Caller(service);
  const completed = async () => {
    await caller.untilIs(await caller.submit(aPlan('a probe', 'record')), 'COMPLETED');
    return true;
  };
  const ended = async () => {
    await service.exit;
    return false;
  };
  return Promise.race([completed().catch(ended), ended()]);
}

describe('a step that kills its process', () => {
  it('has three lives, then its run fails and the service serves the others', async () => {
    const service = await aService();
    const caller = new Caller(service);
    await service.start();
    const { file } = new Hold(service);
    const id = await caller.submit(aPlan('poison', 'record', { tool: 'crash', holdFile: file }));
    const { sessionId } = await caller.run(id);
    await restartUntilItStays(service);

    const run = await caller.untilIs(id, 'FAILED');
    const next = await caller.submit(aPlan('next', 'record'), { sessionId });
    await caller.untilIs(next, 'COMPLETED');

    const crashes = new Ledger(service.dataDir).attempts('poison').filter(isCrash);
    expect(run.error).toMatchObject({ code: 'infrastructure' });
    expect(crashes).toHaveLength(3);
  });

  it('completes when it kills no more', async () => {
    const service = await aService();
    const caller = new Caller(service);
    await service.start();
    const hold = new Hold(service);
    const id = await caller.submit(aPlan('twice', { tool: 'crash', holdFile: hold.file }));
    await service.exit;
    await service.startOrEnd();
    await service.exit;
    hold.release();
    await service.start();

    await caller.untilIs(id, 'COMPLETED');

    expect(new Ledger(service.dataDir).attempts('twice')).toHaveLength(3);
  });

  it('does not count against a run that only worked in the same process', async () => {
    const service = await aService();
    const caller = new Caller(service);
    await service.start();
    const work = new Hold(service, 'work');
    const { file } = new Hold(service, 'crash');
    const bystander = await caller.submit(
      aPlan('bystander', { tool: 'record', holdFile: work.file }),
    );
    await untilAttempted(service, 'bystander');
    const poison = await caller.submit(aPlan('poison', { tool: 'crash', holdFile: file }));
    await restartUntilItStays(service);

    // What has died before is worked on one at a time: if the bystander was first, the other follows.
    const bystanderWasFirst = (await caller.run(poison)).status !== 'FAILED';
    work.release();
    if (bystanderWasFirst) await restartUntilItStays(service);

    await caller.untilIs(poison, 'FAILED');
    await caller.untilIs(bystander, 'COMPLETED');
  });
});

describe('a start that fails', () => {
  it('counts against no run', async () => {
    const service = await aService();
    const caller = new Caller(service);
    await service.start();
    const hold = new Hold(service);
    const id = await caller.submit(aPlan('slow', { tool: 'record', holdFile: hold.file }));
    const { sessionId } = await caller.run(id);
    const next = await caller.submit(aPlan('next', 'record'), { sessionId });
    await untilAttempted(service, 'slow');
    await service.kill();
    const other = createServer().listen(service.port, '127.0.0.1');
    await once(other, 'listening');

    const exits = [];
    for (let start = 1; start <= 3; start += 1) {
      service.launch();
      exits.push(await service.exit);
    }
    await new Promise((closed) => other.close(closed));
    hold.release();
    await service.start();

    await caller.untilIs(id, 'COMPLETED');
    await caller.untilIs(next, 'COMPLETED');
    expect(exits.map(({ code }) => code)).toEqual([1, 1, 1]);
    expect(service.output).toMatch(/is taken/);
  });
});

const isCrash = ({ tool }: { tool: string }) => tool === 'crash';
