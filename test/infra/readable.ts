import * as z from 'zod';

const Intrinsic = z.union([
  z.object({ Ref: z.string() }).transform(({ Ref: id }) => nameOf(id)),
  z
    .object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) })
    .transform(({ 'Fn::GetAtt': [id, attribute] }) =>
      attribute === 'Arn' ? nameOf(id) : `${nameOf(id)}.${attribute}`,
    ),
  z
    .object({ 'Fn::ImportValue': z.string() })
    .transform(({ 'Fn::ImportValue': name }) => nameOfExport(name)),
]);

const Join = z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) });

/** A value of a template for a person: `<RunTable>/index/due`, whichever stack the table is in. */
export function readable(value: unknown): string {
  if (typeof value === 'string') return value;
  const join = Join.safeParse(value);
  if (join.success) return join.data['Fn::Join'][1].map(readable).join('');
  return `<${Intrinsic.parse(value)}>`;
}

/** CDK ends a logical id with a hash. */
export const nameOf = (id: string) => id.replace(/^AWS::/, '').replace(/[0-9A-F]{8}$/, '');

const nameOfExport = (name: string) => {
  const [, id = name, attribute = ''] =
    /:ExportsOutput(?:Ref|FnGetAtt)(.+[0-9A-F]{8})(Arn|StreamArn)?[0-9A-F]{8}$/.exec(name) ?? [];
  return nameOf(id) + (attribute === 'StreamArn' ? '.StreamArn' : '');
};
