import * as z from 'zod';
import { anApi } from '../builders/an-api.ts';
import type { ApiEventOptions } from '../builders/an-api-event.ts';

const Problem = z.object({
  status: z.number(),
  code: z.string(),
  detail: z.string(),
  invalidParams: z.array(z.object({ name: z.string(), reason: z.string() })).default([]),
});

/** What a refused request is told. @throws where it is not refused with a problem */
export async function refusal(event: ApiEventOptions) {
  const { call } = await anApi();
  const { status, headers, json } = await call(event);
  const problem = Problem.parse(json);
  if (problem.status !== status) throw new Error(`${problem.status} is said to be ${status}`);
  return { ...problem, headers, fields: problem.invalidParams.map(({ name }) => name) };
}
