import { makeDeployedApi } from '#api/deployed-api.ts';
import { buffered } from './lambda-result.ts';

/** Every short request of every dialect. */
export const handler = buffered(makeDeployedApi());
