import { type Document, isMap, isNode, isScalar, LineCounter, parseAllDocuments } from 'yaml';
import type * as z from 'zod';
import { Playbook } from './playbook.ts';

export interface PlaybookDocument {
  readonly playbook: Playbook;
  /** `line:column` of what a path leads to, or of what is nearest to it. */
  place(path: readonly PropertyKey[]): string;
}

/**
 * The playbooks of a YAML file, one a document.
 * @throws Error with line, column and reason
 */
export function readPlaybooks(text: string): PlaybookDocument[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${line}:${col}`;
  };
  if ('empty' in documents || documents.length === 0) throw new Error('1:1: the file is empty');
  return documents.map((document) => {
    const [error] = document.errors;
    if (error) throw new Error(`${place(error.pos[0])}: ${error.message}`);
    const parsed = Playbook.safeParse(toJs(document));
    if (!parsed.success)
      throw new Error(parsed.error.issues.map((issue) => tell(document, issue, place)).join('; '));
    return { playbook: parsed.data, place: (path) => place(offsetOf(document, path)) };
  });
}

function toJs(document: Document): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new Error(`1:1: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function tell(document: Document, issue: z.core.$ZodIssue, place: (offset: number) => string) {
  if (issue.code !== 'unrecognized_keys')
    return `${place(offsetOf(document, issue.path))}: ${labelOf(issue.path)}${issue.message}`;
  const [key = ''] = issue.keys;
  return `${place(keyOffset(document, issue.path, key))}: ${labelOf(issue.path)}there is no key ${key} here`;
}

export const labelOf = (path: readonly PropertyKey[]) =>
  path.length === 0 ? '' : `${path.map(String).join('.')}: `;

/** What is missing has no place: that of what it is missing from. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return node.range[0];
    const at = keyOffset(document, path.slice(0, depth - 1), String(path[depth - 1]), -1);
    if (at !== -1) return at;
  }
  return document.contents?.range?.[0] ?? 0;
}

function keyOffset(
  document: Document,
  path: readonly PropertyKey[],
  name: string,
  otherwise = offsetOf(document, path),
): number {
  const map = path.length === 0 ? document.contents : document.getIn(path, true);
  const pair = isMap(map)
    ? map.items.find(({ key }) => isScalar(key) && String(key.value) === name)
    : undefined;
  return isScalar(pair?.key) && pair.key.range ? pair.key.range[0] : otherwise;
}
