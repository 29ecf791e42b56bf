import type { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { nameOf, readable } from './readable.ts';

const OneOrMore = z
  .union([z.string(), z.array(z.string())])
  .transform((one) => (Array.isArray(one) ? one : [one]));
const Resources = z.unknown().transform((one) => (Array.isArray(one) ? one : [one]).map(readable));

const Policy = z.object({
  Properties: z.strictObject({
    PolicyDocument: z.object({
      Statement: z.array(
        z.strictObject({ Effect: z.literal('Allow'), Action: OneOrMore, Resource: Resources }),
      ),
    }),
    PolicyName: z.string(),
    Roles: z.array(z.object({ Ref: z.string() })),
  }),
});

/** What each role may do, as `resource: actions`, by the role's name. */
export function permissionsOf(template: Template): Record<string, string[]> {
  const byRole: Record<string, Map<string, string[]>> = {};
  for (const resource of Object.values(template.findResources('AWS::IAM::Policy'))) {
    const { PolicyDocument: document, Roles: roles } = Policy.parse(resource).Properties;
    for (const { Ref: id } of roles) {
      byRole[nameOf(id)] ??= new Map();
      for (const { Action: actions, Resource: resources } of document.Statement)
        for (const one of resources) add(byRole[nameOf(id)], one, actions);
    }
  }
  return Object.fromEntries(
    Object.entries(byRole).map(([role, granted]) => [role, [...granted].map(toLine).sort()]),
  );
}

function add(granted: Map<string, string[]> | undefined, resource: string, actions: string[]) {
  granted?.set(resource, [...(granted.get(resource) ?? []), ...actions]);
}

/** Actions of one service, without its name but before the first. */
const toLine = ([resource, actions]: [string, string[]]) => {
  const [service = ''] = (actions[0] ?? '').split(':');
  const names = actions.map((action) => action.replace(`${service}:`, '')).sort();
  return `${resource}: ${service} ${names.join(' ')}`;
};
