import * as z from 'zod';
import type { Deployment } from '../builders/a-deployment.ts';
import { nameOf } from './readable.ts';

const FunctionResource = z.object({
  Properties: z.looseObject({
    Timeout: z.number(),
    MemorySize: z.number(),
    Role: z.unknown(),
    LoggingConfig: z.looseObject({ LogGroup: z.unknown() }),
    Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
    ReservedConcurrentExecutions: z.number().optional(),
  }),
});

/** The functions of the service, by the names of their constructs. */
export const functionsOf = ({ Engine, Api }: Pick<Deployment, 'Engine' | 'Api'>) =>
  [Engine, Api]
    .flatMap((template) => Object.entries(template.findResources('AWS::Lambda::Function')))
    .map(([id, resource]) => ({
      name: nameOf(id).replace(/^Functions/, ''),
      properties: FunctionResource.parse(resource).Properties,
    }));
