import { problemEncoder } from '#api/problem.ts';

export const encodeLongrunError = problemEncoder((runId) => runId);
