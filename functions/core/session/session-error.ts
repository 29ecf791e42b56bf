import { RunError } from '../run/run-error.ts';

export const sessionNotFound = (sessionId: string) =>
  new RunError('session_not_found', `There is no session ${sessionId}.`, { sessionId });

export const sessionExists = (sessionId: string) =>
  new RunError('session_exists', `There is a session ${sessionId} already.`, { sessionId });

export const checkpointNotFound = () =>
  new RunError('checkpoint_not_found', 'The session has no such checkpoint.');
