import type * as z from 'zod';
import type { IdempotencyClaim } from '#core/idempotency/idempotency.ts';
import type { Principal } from '#core/tenant/principal.ts';

export type SuccessStatus = 200 | 201 | 202 | 204;

export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** API Gateway syntax, so the CDK construct and the router read the same string. */
  readonly path: `/${string}`;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  /** Names of the query that may come several times: the schema gets arrays of them. */
  readonly repeated?: readonly string[];
  /** An empty body is `undefined` to it. */
  readonly body?: z.ZodType;
  /**
   * Where in a body inline media lie among other things, by names from the outside inwards: they have a
   * limit of their own. @default - `media` has nothing else
   */
  readonly mediaIn?: readonly string[];
  /** Of an answer that names no other. */
  readonly status: SuccessStatus;
  /** Filters what leaves the service. @default - no body, or a stream of `contentType` */
  readonly response?: z.ZodType;
  /** @default 'application/json' */
  readonly contentType?: 'text/event-stream' | 'text/html; charset=utf-8';
  /** Waits or streams: needs the function that may take minutes. @default false */
  readonly long?: boolean;
  /** Served without a token. @default false */
  readonly open?: boolean;
}

export type Contract = Readonly<Record<string, Operation>>;

type Parsed<T> = T extends z.ZodType ? z.output<T> : undefined;

/** One request, parsed. */
export interface OperationRequest<O extends Operation = Operation> {
  readonly params: Parsed<O['params']>;
  readonly query: Parsed<O['query']>;
  readonly body: Parsed<O['body']>;
  readonly principal: Principal;
  /** Of the `Idempotency-Key` header. */
  readonly idempotency: IdempotencyClaim | undefined;
  readonly lastEventId: string | undefined;
  readonly userAgent: string | undefined;
  /** For a key that comes in another way than by the header. */
  claim(key: string): IdempotencyClaim;
  /** Where this service is reached, without a slash at the end. */
  readonly baseUrl: string;
  /** Aborts when the caller has gone. */
  readonly signal: AbortSignal;
}

type Body<O extends Operation> = O['response'] extends z.ZodType
  ? z.input<O['response']>
  : AsyncIterable<string> | string | undefined;

export interface OperationReply<B> {
  /** An `AsyncIterable` gives the body as it comes into being; the head goes before its first part. */
  readonly body: B | AsyncIterable<string>;
  readonly headers?: Readonly<Record<string, string>>;
  /** @default - that of the contract */
  readonly status?: SuccessStatus;
}

/** One function per operation of the contract; leaving one out does not compile. */
export type Operations<C extends Contract> = {
  readonly [K in keyof C]: (request: OperationRequest<C[K]>) => Promise<OperationReply<Body<C[K]>>>;
};
