import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { AgentDefinition } from '#agent/define-agent.ts';
import { makeAgent } from '#agent/make-agent.ts';
import { scriptedModel } from '#agent/scripted-model.ts';
import { checkRequest } from '#core/run/check-request.ts';
import type { FilePart } from '#core/session/transcript.ts';
import { anAgent } from '../builders/an-agent.ts';
import { aTool } from './a-tool.ts';
import { aRequest } from './agent-driver.ts';

/** No agent reads a blob before it runs. */
const blobs = {
  put: () => Promise.reject(new Error('unused')),
  get: () => Promise.reject(new Error('unused')),
  deleteAll: () => Promise.reject(new Error('unused')),
};

const make = (overrides: Partial<AgentDefinition> = {}) =>
  makeAgent(anAgent(overrides), 'v1', blobs);

const media = (mediaType: string): FilePart => ({
  type: 'file',
  mediaType,
  source: { type: 'url', url: 'https://example.com/x' },
});

describe('an agent', () => {
  it('is described by what it declares', () => {
    const agent = make({ id: 'x', model: scriptedModel(() => ({}), 'm-1'), tools: [aTool()] });

    expect(agent).toMatchObject({
      id: 'x',
      name: 'Agent',
      description: 'An agent of a test',
      instructions: 'Do as the test says.',
      model: 'm-1',
      tools: [{ name: 'work', description: 'Works', inputSchema: { required: ['n'] } }],
      version: 'v1',
    });
  });

  it.each([
    [undefined, 3600],
    [{ maxSeconds: 5 }, 5],
  ])('with the limits %j may work for %d s', (limits, maxSeconds) => {
    expect(make(limits ? { limits } : {}).maxSeconds).toBe(maxSeconds);
  });

  it.each(['a', 'A-1_b', 'x'.repeat(64)])('may have the id %s', (id) => {
    expect(make({ id }).id).toBe(id);
  });

  it.each(['', 'a b', 'a/b', 'ä', 'a.b', 'x'.repeat(65)])('cannot have the id "%s"', (id) => {
    expect(() => make({ id })).toThrow('must match [A-Za-z0-9_-]{1,64}');
  });

  it('cannot have a tool whose arguments no JSON schema describes', () => {
    const tools = [aTool({ input: z.object({ at: z.date() }) })];

    expect(() => make({ tools })).toThrow();
  });
});

describe('a request', () => {
  it('that the agent can take has no wrong field', () => {
    expect(checkRequest(make(), aRequest())).toEqual([]);
  });

  it('for a model that the agent does not have names the field and the models', () => {
    const agent = make({
      model: scriptedModel(() => ({}), 'main'),
      otherModels: { small: scriptedModel(() => ({})) },
    });

    expect(checkRequest(agent, aRequest({ options: { model: 'main' } }))).toEqual([]);
    expect(checkRequest(agent, aRequest({ options: { model: 'small' } }))).toEqual([]);
    expect(checkRequest(agent, aRequest({ options: { model: 'large' } }))).toEqual([
      { field: 'options.model', message: 'this agent runs on main, small' },
    ]);
  });

  it.each(['constructor', '__proto__', 'toString', ''])(
    'cannot ask for the model "%s"',
    (model) => {
      expect(checkRequest(make(), aRequest({ options: { model } }))).toHaveLength(1);
    },
  );

  it('with media names each one that the agent does not take, and what it takes', () => {
    const agent = make({ accepts: ['image/*', 'application/pdf'] });
    const types = ['image/png', 'text/plain', 'application/pdf', 'application/pdfx', 'imagex/png'];

    expect(checkRequest(agent, aRequest({ media: types.map(media) }))).toEqual(
      [1, 3, 4].map((i) => ({
        field: `media[${i}].type`,
        message: 'this agent takes image/*, application/pdf',
      })),
    );
  });

  it('with media is refused by an agent that takes none', () => {
    expect(checkRequest(make(), aRequest({ media: [media('image/png')] }))).toEqual([
      { field: 'media[0].type', message: 'this agent takes no media' },
    ]);
  });

  it('is told everything that is wrong with it at once', () => {
    const request = aRequest({ options: { model: 'x' }, media: [media('image/png')] });

    expect(checkRequest(make(), request).map(({ field }) => field)).toEqual([
      'options.model',
      'media[0].type',
    ]);
  });
});
