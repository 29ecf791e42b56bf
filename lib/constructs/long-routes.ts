import type { Contract, Operation } from '#api/contract.ts';

export type Route = Pick<Operation, 'method' | 'path'>;

/** The operations that wait or stream. */
export const longRoutesOf = (contracts: readonly Contract[]): readonly Route[] =>
  contracts
    .flatMap((contract): readonly Operation[] => Object.values(contract))
    .filter(({ long }) => long)
    .map(({ method, path }) => ({ method, path }));
