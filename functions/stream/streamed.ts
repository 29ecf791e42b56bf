import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Context } from 'aws-lambda';
import type { Api } from '#api/api.ts';
import type { ApiEvent } from '#api/api-event.ts';
import { partsOf, withText } from '#api/lambda-result.ts';

/** What the Node runtime of Lambda gives to functions that stream. */
declare const awslambda: {
  streamifyResponse<Event>(
    handler: (event: Event, response: Writable, context: Context) => Promise<void>,
  ): (event: Event, context: Context) => Promise<void>;
  readonly HttpResponseStream: {
    /** Sends status and headers before the body. */
    from(
      response: Writable,
      head: { readonly statusCode: number; readonly headers: Readonly<Record<string, string>> },
    ): Writable;
  };
};

/** Sends the answer as it comes into being. */
export const streamed = (api: Api) =>
  awslambda.streamifyResponse<ApiEvent>(async (event, response, context) => {
    const result = await api(withText(event), context);
    const { statusCode, headers } = result;
    await pipeline(
      partsOf(result),
      awslambda.HttpResponseStream.from(response, { statusCode, headers }),
    );
  });
