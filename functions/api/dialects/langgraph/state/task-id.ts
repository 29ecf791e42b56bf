import { v5 as uuidv5 } from 'uuid';
import type { CheckpointRef } from '#core/run/run.ts';
import type { Node } from '../streams/streamed-run.ts';

const namespace = '3b0a1a52-6cf0-5a4e-8f0f-58a7d3f5b7a1';

/** The name of a node's work in a step, the same in streams and in states. */
export const taskIdOf = ({ runId, step }: CheckpointRef, node: Node) =>
  uuidv5(`${runId}/${step}/${node}`, namespace);
