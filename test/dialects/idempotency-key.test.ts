import { describe, expect, it } from 'vitest';
import { anAgent, echoAgent } from '../builders/an-agent.ts';
import { anApi, devToken } from '../builders/an-api.ts';

const background = '/api/agents/echo/runs/background';

describe('the header Idempotency-Key', () => {
  const credential = { authorization: `Bearer ${devToken}` };
  const submission = { path: background, json: { message: 'x' } };

  it.each(['idempotency-key', 'Idempotency-Key'])('counts in any case: %s', async (name) => {
    const { call } = await anApi();
    const headers = { ...credential, [name]: 'k1' };

    const first = await call({ ...submission, headers });
    const second = await call({ ...submission, headers });

    expect(second.json).toEqual(first.json);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
  });

  it.each(['', ' k', 'k ', 'x'.repeat(256), 'schlüssel', 'a\tb'])(
    'is refused where it is %j',
    async (key) => {
      const { call } = await anApi();

      const reply = await call({
        ...submission,
        headers: { ...credential, 'idempotency-key': key },
      });

      expect(reply).toMatchObject({
        status: 400,
        json: { invalidParams: [{ name: 'Idempotency-Key' }] },
      });
    },
  );

  it('is another for another agent in the path', async () => {
    const { call } = await anApi({ agents: [echoAgent(), anAgent({ id: 'other' })] });
    const headers = { ...credential, 'idempotency-key': 'k1' };
    await call({ ...submission, headers });

    const other = await call({ ...submission, path: '/api/agents/other/runs/background', headers });

    expect(other).toMatchObject({ status: 409, json: { code: 'idempotency_key_reused' } });
  });

  it('takes the same JSON as the same request, however it is written', async () => {
    const { call } = await anApi();
    const headers = { ...credential, 'idempotency-key': 'k1' };
    const post = (body: string) => call({ httpMethod: 'POST', path: background, headers, body });

    const first = await post('{"message":"x","userId":"u"}');
    const second = await post(' { "userId" : "u" , "message" : "\\u0078" } ');

    expect(second.json).toEqual(first.json);
  });
});
