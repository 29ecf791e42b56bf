import * as z from 'zod';
import { LocalBlobLinks } from '#adapters/embedded/local-blob-links.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import { assistantIdOf } from '#api/dialects/langgraph/assistants/assistants.ts';
import { StreamMode } from '#api/dialects/langgraph/streams/stream-mode.ts';
import { type StreamRequest, streamReply } from '#api/dialects/langgraph/streams/stream-reply.ts';
import type { Run } from '#core/run/run.ts';
import type { Engine } from '../../builders/an-engine.ts';

export const allModes = StreamMode.options;

export const dialectDeps = (
  { deps, runtime }: Engine,
  waiting: Partial<DialectDeps['waiting']> = {},
): DialectDeps => ({
  ...deps,
  tally: runtime.tally,
  calendar: async () => deps.calendar,
  links: new LocalBlobLinks(deps.clock),
  waiting: { streaming: true, limitMs: 10_000, ...waiting },
});

export const aStreamRequest = (run: Run, request: Partial<StreamRequest> = {}): StreamRequest => ({
  orgId: run.orgId,
  run: {
    id: run.id,
    threadId: run.sessionId,
    assistantId: assistantIdOf(run.agentId),
    agentId: run.agentId,
    runId: run.id,
    pausesBefore: 0,
  },
  modes: allModes,
  lastEventId: undefined,
  signal: new AbortController().signal,
  userAgent: undefined,
  cancelOnDisconnect: false,
  isStateless: false,
  ...request,
});

const Data = z.looseObject({});

export interface ToldFrame {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: unknown;
  /** Its data where they are an object. */
  readonly object: Readonly<Record<string, unknown>>;
}

/** What a reader gets until the stream is closed. */
export async function* textsOf(
  engine: Engine,
  request: StreamRequest,
  waiting?: Partial<DialectDeps['waiting']>,
): AsyncGenerator<string> {
  const { body } = streamReply(dialectDeps(engine, waiting), request);
  if (typeof body === 'string' || body === undefined) throw new Error('This is no stream');
  yield* body;
}

export async function toldOf(
  engine: Engine,
  request: StreamRequest,
  waiting?: Partial<DialectDeps['waiting']>,
): Promise<ToldFrame[]> {
  const frames: ToldFrame[] = [];
  for await (const text of textsOf(engine, request, waiting)) frames.push(...framesIn(text));
  return frames;
}

/** Each text holds whole frames. */
export const framesIn = (text: string): ToldFrame[] =>
  text
    .split('\r\n\r\n')
    .filter((frame) => frame.includes('event:'))
    .map((frame) => {
      const fields = new Map(
        frame.split('\r\n').map((line) => {
          const at = line.indexOf(': ');
          return [line.slice(0, at), line.slice(at + 2)] as const;
        }),
      );
      const data: unknown = JSON.parse(fields.get('data') ?? 'null');
      const object = Data.safeParse(data);
      return {
        event: fields.get('event') ?? '',
        id: fields.get('id'),
        data,
        object: object.success ? object.data : {},
      };
    });
