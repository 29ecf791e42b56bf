import {
  type Document,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseAllDocuments,
  visit,
} from 'yaml';
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
    const parsed = Playbook.safeParse(toJs(document, place), { error: inWords, reportInput: true });
    if (!parsed.success)
      throw new Error(parsed.error.issues.map((issue) => tell(document, issue, place)).join('; '));
    return { playbook: parsed.data, place: (path) => place(offsetOf(document, path)) };
  });
}

/** What the schema has no words of its own for. */
const inWords: z.core.$ZodErrorMap = (issue) => {
  if (issue.code !== 'invalid_type') return undefined;
  const kind = kinds[issue.expected];
  return kind === undefined ? undefined : `must be ${kind}`;
};

const kinds: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'a map',
  record: 'a map',
  string: 'text',
};

function toJs(document: Document, place: (offset: number) => string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${place(danglingOffset(document))}: ${reason}`);
  }
}

/** Of the first alias that nothing before it is the anchor of: the one mistake that parsing lets pass. */
function danglingOffset(document: Document): number {
  let offset = 0;
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return undefined;
      offset = alias.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return offset;
}

function tell(document: Document, issue: z.core.$ZodIssue, place: (offset: number) => string) {
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    return `${place(keyOffset(document, issue.path, key))}: ${labelOf(issue.path)}there is no key ${key} here`;
  }
  const at = place(offsetOf(document, issue.path));
  return issue.code === 'invalid_type' && issue.input === undefined
    ? `${at}: ${labelOf(issue.path.slice(0, -1))}${String(issue.path.at(-1))} is missing`
    : `${at}: ${labelOf(issue.path)}${issue.message}`;
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
