import { inject } from 'vitest';
import * as z from 'zod';
import { newLinks } from './links.ts';
import { Problem } from './wire.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface CallOptions {
  readonly json?: unknown;
  /** Sent as it is. @default - `json` */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** One caller of the target. */
export class Client {
  readonly baseUrl: string;
  readonly authorization: string | undefined;

  constructor(baseUrl: string, authorization: string | undefined) {
    this.baseUrl = baseUrl;
    this.authorization = authorization;
  }

  /** Sends as told, to a path or to a link; the answer may be any. */
  send(method: Method, path: string, options: CallOptions = {}): Promise<Response> {
    const { json, body = json === undefined ? undefined : JSON.stringify(json) } = options;
    return fetch(URL.canParse(path) ? path : `${this.baseUrl}${path}`, {
      method,
      headers: {
        ...(this.authorization === undefined ? {} : { Authorization: this.authorization }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...options.headers,
      },
      ...(body === undefined ? {} : { body }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
  }

  /** @throws unless the answer is 200 with JSON as documented, and its links lead somewhere */
  call<S extends z.ZodType>(schema: S, method: Method, path: string, options?: CallOptions) {
    return this.answered(200, schema, method, path, options);
  }

  /** As `call`, with another status. */
  async answered<S extends z.ZodType>(
    status: number,
    schema: S,
    method: Method,
    path: string,
    options?: CallOptions,
  ): Promise<Answer<z.output<S>>> {
    const request = `${method} ${path}`;
    const response = await this.send(method, path, options);
    const answer = await read(request, response, status, 'application/json', schema);
    for (const { name, url } of newLinks(request, answer.headers, answer.body)) {
      const linked = await this.send('GET', url);
      await linked.body?.cancel();
      if (linked.status !== 200)
        throw new Error(`${name} of ${request} leads to ${linked.status}: ${url}`);
    }
    return answer;
  }

  /** @throws unless the answer is a problem with this status */
  async refused(
    status: number,
    method: Method,
    path: string,
    options?: CallOptions,
  ): Promise<Answer<Problem>> {
    const request = `${method} ${path}`;
    const response = await this.send(method, path, options);
    const answer = await read(request, response, status, 'application/problem+json', Problem);
    if (answer.body.status !== status)
      throw new Error(`${request} answers ${status}, and in its body ${answer.body.status}`);
    return answer;
  }
}

async function read<S extends z.ZodType>(
  request: string,
  response: Response,
  status: number,
  contentType: string,
  schema: S,
): Promise<Answer<z.output<S>>> {
  const text = await response.text();
  const type = response.headers.get('Content-Type')?.split(';')[0];
  if (response.status !== status || type !== contentType)
    throw new Error(
      `${request} answers ${response.status} ${type}, not ${status} ${contentType}:\n${beginningOf(text)}`,
    );
  const parsed = schema.safeParse(JSON.parse(text));
  if (!parsed.success)
    throw new Error(
      `${request} answers what is not documented:\n${z.prettifyError(parsed.error)}\n${beginningOf(text)}`,
    );
  return { status, headers: response.headers, body: parsed.data };
}

const beginningOf = (text: string) => (text.length > 1000 ? `${text.slice(0, 1000)}…` : text);

const target = inject('target');

export const us = new Client(target.url, `Bearer ${target.token}`);

/** Another tenant. */
export const them = new Client(target.url, `Bearer ${target.otherToken}`);

/** Somebody without a token. */
export const nobody = new Client(target.url, undefined);
