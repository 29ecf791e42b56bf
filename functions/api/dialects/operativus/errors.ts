import { problemEncoder } from '#api/problem.ts';
import { wireId } from './wire.ts';

export const encodeOperativusError = problemEncoder(wireId);
