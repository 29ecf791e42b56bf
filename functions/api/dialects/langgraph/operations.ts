import type { Operations } from '#api/contract.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import { assistantsOperations } from './assistants-operations.ts';
import type { langgraphContract } from './contract.ts';

export const langgraphOperations = (deps: DialectDeps): Operations<typeof langgraphContract> => ({
  ...assistantsOperations(deps),
});
