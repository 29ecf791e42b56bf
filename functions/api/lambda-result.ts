import type { APIGatewayProxyResult, Context } from 'aws-lambda';
import type { Api } from './api.ts';
import type { ApiEvent, ApiResult } from './api-event.ts';

/** Collects the whole answer, for a gateway that sends none before its end. */
export const buffered =
  (api: Api) =>
  async (event: ApiEvent, context: Context): Promise<APIGatewayProxyResult> => {
    const { stream, ...result } = await api(withText(event), context);
    return stream === undefined ? result : { ...result, body: await textOf(stream) };
  };

/** The body as text, however the gateway handed it over. */
export const withText = (event: ApiEvent): ApiEvent =>
  event.isBase64Encoded && event.body !== null
    ? { ...event, body: Buffer.from(event.body, 'base64').toString(), isBase64Encoded: false }
    : event;

/** The answer part by part, as a gateway that streams takes it. */
export async function* partsOf({ body, stream }: ApiResult): AsyncGenerator<string> {
  if (stream === undefined) yield body;
  else yield* stream;
}

async function textOf(stream: AsyncIterable<string>): Promise<string> {
  const parts: string[] = [];
  for await (const part of stream) parts.push(part);
  return parts.join('');
}
