import * as z from 'zod';
import { RunContext } from '#core/run/agents.ts';
import type { RunRequest } from './contract.ts';

/** What of a request is shown again with its run, as the original does. */
const KeptRequest = z.object({
  input: z.json().nullable(),
  command: z.json().nullable(),
  config: z.record(z.string(), z.json()),
  context: RunContext,
  stream_mode: z.array(z.string()),
  interrupt_before: z.json().nullable(),
  interrupt_after: z.json().nullable(),
  webhook: z.string().nullable(),
  temporary: z.boolean(),
  subgraphs: z.boolean(),
  resumable: z.boolean(),
  durability: z.string(),
  multitask_strategy: z.string(),
});
export type KeptRequest = z.infer<typeof KeptRequest>;

const Wire = z.object({ langgraph: KeptRequest });

/** Longer input lies with the run as what it was asked. */
const mostCharacters = 4000;

const json = (value: unknown) => z.json().parse(JSON.parse(JSON.stringify(value ?? null)));
const kept = (value: unknown) =>
  JSON.stringify(value ?? null).length > mostCharacters ? null : json(value);

export function keepRequest(body: RunRequest, temporary: boolean): Record<string, unknown> {
  const { config } = body;
  const wire: KeptRequest = {
    input: kept(body.input),
    command: kept(body.command),
    config: z.record(z.string(), z.json()).parse(kept(config) ?? {}),
    context: kept(body.context) === null ? {} : (body.context ?? {}),
    stream_mode: body.stream_mode ?? ['values'],
    interrupt_before: json(body.interrupt_before),
    interrupt_after: json(body.interrupt_after),
    webhook: body.webhook ?? null,
    temporary,
    subgraphs: body.stream_subgraphs ?? false,
    resumable: body.stream_resumable ?? false,
    durability: body.durability ?? 'async',
    multitask_strategy: body.multitask_strategy ?? 'enqueue',
  };
  return { langgraph: wire };
}

/** @returns `undefined` for a run that was submitted in another dialect */
export function keptRequest(wire: Readonly<Record<string, unknown>>): KeptRequest | undefined {
  const parsed = Wire.safeParse(wire);
  return parsed.success ? parsed.data.langgraph : undefined;
}
