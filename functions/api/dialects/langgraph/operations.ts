import type { Operations } from '#api/contract.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import { assistantsOperations } from './assistants/operations.ts';
import type { langgraphContract } from './contract.ts';
import { runsOperations } from './runs/operations.ts';
import { stateOperations } from './state/operations.ts';
import { streamsOperations } from './streams/operations.ts';
import { threadsOperations } from './threads/operations.ts';

export const langgraphOperations = (deps: DialectDeps): Operations<typeof langgraphContract> => ({
  ...assistantsOperations(deps),
  ...threadsOperations(deps),
  ...stateOperations(deps),
  ...runsOperations(deps),
  ...streamsOperations(deps),
});
