import { problemEncoder } from '#api/problem.ts';
import { wireId } from '#api/wire-id.ts';

export const encodeOperativusError = problemEncoder(wireId);
