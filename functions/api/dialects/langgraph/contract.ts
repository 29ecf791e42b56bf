import type { Contract } from '#api/contract.ts';
import { assistantsContract } from './assistants/contract.ts';
import { runsContract } from './runs/contract.ts';
import { stateContract } from './state/contract.ts';
import { streamsContract } from './streams/contract.ts';
import { threadsContract } from './threads/contract.ts';

export const langgraphContract = {
  ...assistantsContract,
  ...threadsContract,
  ...stateContract,
  ...runsContract,
  ...streamsContract,
} as const satisfies Contract;
