import type { Contract } from './contract.ts';
import type { OpenApiDocument } from './open-api.ts';

/** Describes the API as it is reached under a base URL. */
export type DescribeApi = (baseUrl: string) => Promise<OpenApiDocument>;

/** Few requests want a description: what makes one is loaded by the first that does. */
export function lazyDescription(contracts: readonly Contract[]): DescribeApi {
  let loaded: Promise<(baseUrl: string) => OpenApiDocument> | undefined;
  return async (baseUrl) => {
    loaded ??= import('./open-api.ts').then(({ apiDescription }) => apiDescription(contracts));
    return (await loaded)(baseUrl);
  };
}
