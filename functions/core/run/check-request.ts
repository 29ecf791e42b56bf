import type { AgentCard, AgentRequest } from './agents.ts';
import type { RunMetadata } from './run.ts';
import type { FieldError } from './run-error.ts';

/** What in the request the agent cannot take; empty where it takes all of it. */
export const checkRequest = (agent: AgentCard, request: AgentRequest): FieldError[] => [
  ...checkModel(request, agent.models),
  ...checkMedia(request, agent.accepts),
];

const largestMetadataBytes = 8 * 1024;

/** They lie in the run's own item, which is written at every step. */
export function checkMetadata(metadata: RunMetadata | undefined): FieldError[] {
  const bytes = new TextEncoder().encode(JSON.stringify(metadata ?? {})).length;
  if (bytes <= largestMetadataBytes) return [];
  return [{ field: 'metadata', message: `may have at most ${largestMetadataBytes} bytes` }];
}

function checkModel(request: AgentRequest, allowed: readonly string[]): FieldError[] {
  const { model } = request.options;
  if (model === undefined || allowed.includes(model)) return [];
  const message = `this agent runs on ${allowed.join(', ')}`;
  return [{ field: 'options.model', message }];
}

function checkMedia(request: AgentRequest, accepts: readonly string[]): FieldError[] {
  const message =
    accepts.length > 0 ? `this agent takes ${accepts.join(', ')}` : 'this agent takes no media';
  return request.media.flatMap(({ mediaType }, i) =>
    accepts.some((pattern) => fits(pattern, mediaType))
      ? []
      : [{ field: `media[${i}].type`, message }],
  );
}

const fits = (pattern: string, mediaType: string) =>
  pattern.endsWith('/*') ? mediaType.startsWith(pattern.slice(0, -1)) : pattern === mediaType;
