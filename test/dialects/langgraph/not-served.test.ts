import { describe, expect, it } from 'vitest';
import { notServedContract } from '#api/dialects/langgraph/not-served.ts';
import { anApi } from '../../builders/an-api.ts';

const id = '00000000-0000-4000-8000-00000000beef';

describe('what LangGraph has and Longrun has not', () => {
  it.each(Object.values(notServedContract).map(({ method, path }) => [method, path]))(
    'is refused in words that say so: %s %s',
    async (httpMethod, path) => {
      const { call } = await anApi();

      const { status, json } = await call({
        httpMethod,
        path: path.replace(/\{[^}]+\}/g, id),
        json: {},
      });

      expect(status).toBe(405);
      expect(json).toEqual({ detail: expect.stringMatching(/^[A-Z].{20,}\.$/) });
    },
  );
});
