import { describe, expect, it } from 'vitest';
import { aSession, finance, question } from './agents.ts';
import { us } from './client.ts';
import { eventually } from './eventually.ts';
import { submit } from './runs.ts';
import { Agents } from './wire.ts';
import { RunPage } from './wire-of-longrun.ts';

const routes = [
  ['a background run', `/api/agents/${finance}/runs/background`],
  ['a synchronous run', `/api/agents/${finance}/runs`],
] as const;

const png = 'iVBORw0KGgoAAAANSUhEUg==';
const media = (type: unknown, data: unknown) => ({ message: question, media: [{ type, data }] });
const options = (values: unknown) => ({ message: question, options: values });

const invalid: [field: string, body: unknown][] = [
  ['message', {}],
  ['message', { message: '' }],
  ['message', { message: ' \n\t ' }],
  ['message', { message: 7 }],
  ['message', { message: null }],
  ['message', { message: ['a', 'b'] }],
  ['sessionId', { message: question, sessionId: 'session-1' }],
  ['sessionId', { message: question, sessionId: '550e8400-e29b-41d4-a716-44665544000' }],
  ['sessionId', { message: question, sessionId: 5 }],
  ['userId', { message: question, userId: 5 }],
  ['orgId', { message: question, orgId: {} }],
  ['generateFollowups', { message: question, generateFollowups: 'yes' }],
  ['media', { message: question, media: png }],
  ['media[0].type', media('picture', png)],
  ['media[0].type', media('image/png; charset', png)],
  ['media[0].type', media(undefined, png)],
  ['media[0].type', media('audio/wav', png)],
  ['media[0].type', media('audio/wav', 'https://example.com/question.wav')],
  ['media[0].data', media('image/png', 'not base64 at all')],
  ['media[0].data', media('image/png', '')],
  ['media[0].data', media('image/png', undefined)],
  ['media[0].data', media('image/png', 'https://')],
  ['options', options('fast')],
  ['options.model', options({ model: 'no-such-model' })],
  ['options.model', options({ model: 5 })],
  ['options.temperature', options({ temperature: 3 })],
  ['options.temperature', options({ temperature: -0.1 })],
  ['options.temperature', options({ temperature: 'hot' })],
  ['options.maxTokens', options({ maxTokens: 0 })],
  ['options.maxTokens', options({ maxTokens: 1.5 })],
  ['options.maxTokens', options({ maxTokens: '10' })],
];

describe.each(routes)('%s', (_, path) => {
  it.each(invalid)('is refused with 400 that names %s for %j', async (field, json) => {
    const { body } = await us.refused(400, 'POST', path, { json });

    expect(body.invalidParams?.map(({ name }) => name)).toContain(field);
  });

  it.each([
    ['no body', ''],
    ['half an object', '{"message": "What'],
    ['a single quote', `{'message': 'x'}`],
    ['two objects', '{"message":"a"}{"message":"b"}'],
  ])('is refused with 400 for %s instead of JSON', async (_what, body) => {
    const { body: problem } = await us.refused(400, 'POST', path, { body });

    expect(problem.type).toBe('urn:problem-type:malformed-request-body');
  });

  it.each([[[]], ['text'], [null], [7]])('is refused with 400 for the JSON %j', async (json) => {
    await us.refused(400, 'POST', path, { json });
  });

  it('names every field that is wrong', async () => {
    const { body } = await us.refused(400, 'POST', path, {
      json: { message: '', sessionId: 'x', options: { maxTokens: 0 } },
    });

    const names = body.invalidParams?.map(({ name }) => name).toSorted();
    expect(names).toEqual(['message', 'options.maxTokens', 'sessionId']);
  });

  it('is refused with 413 for more than 256 KB', async () => {
    await us.refused(413, 'POST', path, { json: { message: 'x'.repeat(257 * 1024) } });
  });

  it('is measured in bytes, not in characters', async () => {
    await us.refused(413, 'POST', path, { json: { message: '😀'.repeat(70 * 1024) } });
  });

  it('is told which models there are where it names another', async () => {
    const { body: agents } = await us.call(Agents, 'GET', '/api/agents');
    const model = agents.find(({ agentId }) => agentId === finance)?.model;

    const { body } = await us.refused(400, 'POST', path, { json: options({ model: 'no-such' }) });

    expect(body.invalidParams?.[0]?.reason).toContain(model);
  });

  it('stores nothing when it is refused', async () => {
    const sessionId = aSession();
    const refused = [
      { message: '' },
      options({ maxTokens: 0 }),
      options({ model: 'no-such-model' }),
      media('audio/wav', png),
    ];
    for (const json of refused)
      await us.refused(400, 'POST', path, { json: { ...json, sessionId } });
    const accepted = await submit(us, finance, { message: question, sessionId });

    const stored = await eventually('the accepted run is listed', async () => {
      const { body } = await us.call(RunPage, 'GET', `/api/runs?sessionId=${sessionId}`);
      return body.runs.length > 0 ? body.runs : undefined;
    });

    expect(stored.map(({ id }) => `run_${id}`)).toEqual([accepted.id]);
  });
});

it('accepts options within their bounds', async () => {
  const { body: agents } = await us.call(Agents, 'GET', '/api/agents');
  const model = agents.find(({ agentId }) => agentId === finance)?.model;

  for (const temperature of [0, 2])
    await submit(us, finance, {
      message: question,
      options: { temperature, maxTokens: 1, ...(model ? { model } : {}) },
    });
});
