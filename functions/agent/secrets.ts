/** What the deployment keeps under a name; `undefined` where it has none. */
export type SecretReader = (name: string) => Promise<string | undefined>;

export const environmentSecret: SecretReader = async (name) =>
  (Object.hasOwn(process.env, name) && process.env[name]) || undefined;

/** The message names what is missing, and may be told. */
export class MissingSecret extends Error {
  override readonly name = 'MissingSecret';
}

const placeholder = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Whether each `${` of a text begins a placeholder. */
export const hasPlainPlaceholders = (text: string) =>
  !text.replaceAll(placeholder, '').includes('${');

/**
 * A text with what the deployment keeps under the names of its placeholders, `${NAME}`.
 * @throws MissingSecret
 */
export async function filledIn(text: string, secret: SecretReader): Promise<string> {
  const names = [...text.matchAll(placeholder)].map(([, name = '']) => name);
  const entries = names.map(async (name) => [name, await secret(name)] as const);
  const values = new Map(await Promise.all(entries));
  const missing = names.find((name) => values.get(name) === undefined);
  if (missing !== undefined) throw new MissingSecret(`${missing} is not set`);
  return text.replaceAll(placeholder, (_, name: string) => values.get(name) ?? '');
}
