import { backgroundTasksContract } from './dialects/background-tasks/contract.ts';
import { langgraphContract } from './dialects/langgraph/contract.ts';
import { longrunContract } from './dialects/longrun/contract.ts';
import { operativusContract } from './dialects/operativus/contract.ts';
import { praisonaiContract } from './dialects/praisonai/contract.ts';

/** Of every dialect: what the gateway has to know of them. */
export const contracts = [
  operativusContract,
  backgroundTasksContract,
  praisonaiContract,
  longrunContract,
  langgraphContract,
] as const;
