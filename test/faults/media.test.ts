import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Caller } from './caller.ts';
import { aService } from './service.ts';

const megabyte = 1024 * 1024;
const uploaders = 4;
const uploadsEach = 8;
/** A run may die twice at a step: a third time would rightly end it. */
const kills = 2;

it('has all media of every run that it acknowledged, although it is killed during uploads', async () => {
  const service = await aService();
  const caller = new Caller(service);
  await service.start();
  const uploads = Array.from({ length: uploaders }, async () => {
    const uploaded: { id: string; hash: string }[] = [];
    for (let n = 0; n < uploadsEach; n += 1) {
      const picture = randomBytes(megabyte);
      const media = [{ type: 'image/png', data: picture.toString('base64') }];
      const key = randomUUID();
      const id = await caller.submit('What is this?', { agent: 'viewer', media, key });
      uploaded.push({ id, hash: createHash('sha256').update(picture).digest('hex') });
    }
    return uploaded;
  });

  for (let kill = 1; kill <= kills; kill += 1) {
    await sleep(Math.random() * 300);
    await service.kill();
    await service.start();
  }
  const uploaded = (await Promise.all(uploads)).flat();
  const runs = await Promise.all(uploaded.map(({ id }) => caller.untilIs(id, 'COMPLETED')));

  expect(runs.map(({ output }) => output?.content)).toEqual(uploaded.map(({ hash }) => hash));
  expect(await caller.runs()).toHaveLength(uploaders * uploadsEach);
});
