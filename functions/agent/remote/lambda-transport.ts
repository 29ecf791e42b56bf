import * as z from 'zod';
import {
  PassingRemoteError,
  RemoteError,
  type RemoteReply,
  type RemoteTransport,
  saying,
} from './remote-transport.ts';

const FunctionArn =
  /^arn:(aws[a-z-]*):lambda:([a-z0-9-]+):\d{12}:function:[\w-]{1,64}(?::(?:\$LATEST|[\w-]{1,128}))?$/;

const set = z
  .string()
  .optional()
  .transform((value) => value || undefined);
const Settings = z.object({
  AWS_ACCESS_KEY_ID: set,
  AWS_SECRET_ACCESS_KEY: set,
  AWS_SESSION_TOKEN: set,
  AWS_ENDPOINT_URL_LAMBDA: set,
  AWS_ENDPOINT_URL: set,
});

/**
 * A remote agent that is a Lambda function: each request is one synchronous Invoke, with the
 * request as its payload and the answer as what it returns.
 * @throws Error where it is no ARN of a function
 */
export function lambdaTransport(arn: string): RemoteTransport {
  const [, partition, region = ''] = FunctionArn.exec(arn) ?? [];
  if (partition === undefined) throw new Error(`${arn} is no ARN of a Lambda function`);
  const usualEndpoint = `https://lambda.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`;
  return {
    place: arn,
    prepare: async (body) => {
      // At each request: what the environment says may be temporary.
      const settings = Settings.parse(process.env);
      const endpoint =
        settings.AWS_ENDPOINT_URL_LAMBDA ?? settings.AWS_ENDPOINT_URL ?? usualEndpoint;
      const url = `${endpoint.replace(/\/+$/, '')}/2015-03-31/functions/${encodeURIComponent(arn)}/invocations`;
      const { headers } = await signed(settings, { url, region, body });
      return { url, headers: Object.fromEntries(headers), secrets: secretsOf(settings) };
    },
    read,
  };
}

type Settings = z.infer<typeof Settings>;

async function signed(
  settings: Settings,
  { url, region, body }: { readonly url: string; readonly region: string; readonly body: string },
) {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = settings;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY)
    throw new RemoteError('needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
  const { AwsV4Signer } = await import('aws4fetch');
  return new AwsV4Signer({
    ...{ method: 'POST', url, body, region, service: 'lambda' },
    headers: { 'x-amz-invocation-type': 'RequestResponse' },
    ...{ accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
    ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
  }).sign();
}

const secretsOf = (settings: Settings) => [
  ...(settings.AWS_SECRET_ACCESS_KEY ? [settings.AWS_SECRET_ACCESS_KEY] : []),
  ...(settings.AWS_SESSION_TOKEN ? [settings.AWS_SESSION_TOKEN] : []),
];

/** What a function threw is what a 500 is at an endpoint: it may do better the next time. */
function read(reply: RemoteReply): string {
  const { status, headers, text } = reply;
  if (status !== 200) throw new (passes(reply) ? PassingRemoteError : RemoteError)(saying(reply));
  if (headers.get('x-amz-function-error') === null) return text;
  const { errorType, errorMessage } = Thrown.parse(text);
  throw new (isBroken(errorType) ? RemoteError : PassingRemoteError)(
    `failed with ${errorType}: ${errorMessage}`,
  );
}

/** 409 where the function is still being made or changed, 429 where too many of them run. */
const passes = ({ status }: RemoteReply) => status >= 500 || [408, 409, 429].includes(status);

const Thrown = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(
    z.object({ errorType: z.string().default('an error'), errorMessage: z.string().default('') }),
  )
  .catch({ errorType: 'an error', errorMessage: 'it did not say why' });

/** Code that cannot be started does not start the next time. */
const isBroken = (errorType: string) =>
  /^Runtime\.(?:ImportModuleError|HandlerNotFound|UserCodeSyntaxError|InvalidEntrypoint|MalformedHandlerName)$/.test(
    errorType,
  );
