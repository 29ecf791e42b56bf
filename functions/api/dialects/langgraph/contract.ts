import type { Contract } from '#api/contract.ts';
import { assistantsContract } from './assistants-contract.ts';

export const langgraphContract = { ...assistantsContract } as const satisfies Contract;
