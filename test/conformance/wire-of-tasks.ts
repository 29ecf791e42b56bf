import * as z from 'zod';
import { Uuid } from './wire.ts';

/* Of the Background Tasks API, from its documentation alone, and strict. */

const Time = z.iso.datetime();
const base = {
  id: Uuid,
  workspace_id: Uuid.nullable(),
  conversation_id: Uuid.nullable(),
  task_type: z.string().min(1),
  prompt: z.string().min(1),
  created_at: Time,
};
const Progress = z.strictObject({
  phase: z.string().min(1),
  progress_pct: z.number().min(0).max(100).nullable(),
  message: z.string().nullable(),
});
const Nothing = z.null();
const noResult = { result_summary: Nothing, result_data: Nothing };

export const Task = z.discriminatedUnion('status', [
  z.strictObject({
    ...base,
    ...noResult,
    status: z.literal('pending'),
    error: Nothing,
    started_at: Nothing,
    completed_at: Nothing,
  }),
  z.strictObject({
    ...base,
    status: z.literal('running'),
    result_summary: Nothing,
    result_data: Progress,
    error: Nothing,
    started_at: Time,
    completed_at: Nothing,
  }),
  z.strictObject({
    ...base,
    status: z.literal('completed'),
    result_summary: z.string(),
    result_data: z.record(z.string(), z.unknown()),
    error: Nothing,
    started_at: Time,
    completed_at: Time,
  }),
  z.strictObject({
    ...base,
    ...noResult,
    status: z.literal('failed'),
    error: z.string().min(1),
    started_at: Time.nullable(),
    completed_at: Time,
  }),
  z.strictObject({
    ...base,
    ...noResult,
    status: z.literal('cancelled'),
    error: Nothing,
    started_at: Time.nullable(),
    completed_at: Time,
  }),
]);
export type Task = z.infer<typeof Task>;

export const TaskPage = z.strictObject({ tasks: z.array(Task), total: z.int().nonnegative() });
export type TaskPage = z.infer<typeof TaskPage>;

const told = { id: Uuid, ...Progress.shape };

export const TaskEvent = z.discriminatedUnion('status', [
  z.strictObject({ ...told, status: z.enum(['pending', 'running']) }),
  z.strictObject({
    ...told,
    status: z.literal('completed'),
    result_summary: z.string(),
    error: Nothing,
  }),
  z.strictObject({
    ...told,
    status: z.literal('failed'),
    result_summary: Nothing,
    error: z.string().min(1),
  }),
  z.strictObject({
    ...told,
    status: z.literal('cancelled'),
    result_summary: Nothing,
    error: Nothing,
  }),
]);
export type TaskEvent = z.infer<typeof TaskEvent>;

export const Refusal = z.strictObject({ detail: z.string().min(1) });
export const Unprocessable = z.strictObject({
  detail: z
    .array(
      z.strictObject({
        loc: z.array(z.string()).min(1),
        msg: z.string().min(1),
        type: z.string().min(1),
      }),
    )
    .min(1),
});
