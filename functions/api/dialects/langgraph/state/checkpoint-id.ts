import { v5 as uuidv5 } from 'uuid';
import type { CheckpointRef } from '#core/run/run.ts';

const namespace = '5d1c6f3e-0b7a-5b0e-9a53-0f5c1d7c3f10';

/** The name of a checkpoint, the same each time it is shown. */
export const checkpointIdOf = ({ runId, step }: CheckpointRef) =>
  uuidv5(`${runId}/${step}`, namespace);
