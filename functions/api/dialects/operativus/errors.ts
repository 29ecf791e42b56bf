import { problemEncoder } from '#api/problem.ts';
import { wireId } from './views.ts';

export const encodeOperativusError = problemEncoder(wireId);
