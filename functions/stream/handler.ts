import { functionEnvironment } from '#adapters/aws/function-environment.ts';
import { makeDeployedApi } from '#api/deployed-api.ts';
import { buffered } from '#api/lambda-result.ts';
import { streamed } from './streamed.ts';

const api = makeDeployedApi();

/** The requests that wait or stream. */
export const handler =
  functionEnvironment.responseMode() === 'streaming' ? streamed(api) : buffered(api);
