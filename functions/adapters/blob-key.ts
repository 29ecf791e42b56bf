/** No part of a key leads anywhere but down. */
const partPattern = /^(?!\.{1,2}$)[\w.-]+$/;

/** The parts of a blob's key. @throws Error where it is none */
export function blobKeyParts(key: string): string[] {
  const parts = key.split('/');
  if (!parts.every((part) => partPattern.test(part))) throw new Error(`No blob key: ${key}`);
  return parts;
}

/** The parts of a prefix, which ends with a slash. @throws Error where it is none */
export function blobPrefixParts(prefix: string): string[] {
  if (!prefix.endsWith('/')) throw new Error(`No blob key: ${prefix}`);
  return blobKeyParts(prefix.slice(0, -1));
}
