import * as z from 'zod';
import type { AgentDeclaration, AgentMaker } from '#agent/agent-declaration.ts';
import type { AgentDefinition } from '#agent/define-agent.ts';

/** What only TypeScript can check of a declaration is left to TypeScript. */
const Definition = z.custom<AgentDefinition>(
  (value) =>
    z
      .object({
        id: z.string(),
        name: z.string(),
        description: z.string(),
        instructions: z.string(),
        model: z.union([
          z.string(),
          z.looseObject({ specificationVersion: z.literal('v4'), modelId: z.string() }),
        ]),
      })
      .safeParse(value).success,
);

const Maker = z.custom<AgentMaker>(
  (value) =>
    z
      .looseObject({ id: z.string(), make: z.custom((make) => typeof make === 'function') })
      .safeParse(value).success,
);

const Declaration: z.ZodType<AgentDeclaration> = z.union([Maker, Definition], {
  error:
    'the default export must be an agent made with defineAgent({ id, name, description, instructions, model, … })',
});

/** A file of the agents' folder. */
export const AgentModule = z.object({ default: Declaration });
