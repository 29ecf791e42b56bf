import { describe, expect, it } from 'vitest';
import { readPlaybooks } from '#agent/playbook/read-playbooks.ts';
import { twoRoles } from './a-playbook.ts';

const bad: [what: string, yaml: string, says: RegExp][] = [
  ['is empty', '', /^1:1: /],
  ['is no YAML', 'roles:\n  a: [1, 2', /^2:\d+: /],
  ['says a key twice', 'topic: a\ntopic: b\nroles: { a: {} }', /^2:1: .*unique/],
  ['is a list', '- a', /^1:1: /],
  ['names no roles', 'topic: x', /^1:1: must have either roles or agents/],
  ['has no role in its roles', 'topic: x\nroles: {}', /^2:8: roles: must name a role/],
  [
    'has a task without a description',
    'roles:\n  a:\n    tasks:\n      t:\n        expected_output: x',
    /^5:9: roles\.a\.tasks\.t: description is missing$/,
  ],
  [
    'has a number for a goal',
    'roles:\n  a:\n    role: A\n    goal: 7',
    /^4:11: roles\.a\.goal: must be text$/,
  ],
  [
    'has a key that nobody knows',
    'roles: { a: {} }\naproval: { x: always }',
    /^2:1: there is no key aproval here/,
  ],
  [
    'has such a key in a role',
    'roles:\n  a:\n    gaol: x',
    /^3:5: roles\.a: there is no key gaol here/,
  ],
  [
    'wants a process that there is not',
    'process: hierarchical\nroles: { a: {} }',
    /^1:10: process: only a sequential process runs here/,
  ],
  ['has an id that no path can have', 'id: a b\nroles: { a: {} }', /^1:5: id: .*A-Za-z0-9_-/],
  [
    'has a rule that is none',
    'roles: { a: {} }\napproval:\n  x: sometimes',
    /^3:6: approval\.x: must be always, never/,
  ],
  [
    'has too small a limit',
    'roles: { a: {} }\nlimits:\n  max_steps: 0',
    /^3:14: limits\.max_steps: /,
  ],
  [
    'names a server that speaks no HTTP',
    'roles: { a: {} }\nmcp_servers:\n  wiki:\n    url: stdio',
    /^4:10: mcp_servers\.wiki\.url: must be an http or https URL/,
  ],
  [
    'has a server without an address',
    'roles: { a: {} }\nmcp_servers:\n  wiki: { only: [x] }',
    /^3:9: mcp_servers\.wiki: url is missing$/,
  ],
  [
    'has a placeholder that is none',
    `roles: { a: {} }\nmcp_servers:\n  wiki:\n    url: https://a.example\n    headers:\n      a: '\${A-B}'`,
    /^6:10: mcp_servers\.wiki\.headers\.a: must name what is secret as \$\{NAME\}/,
  ],
  [
    'has a rule of a server that is none',
    'roles: { a: {} }\nmcp_servers:\n  wiki:\n    url: https://a.example\n    approval: { x: sometimes }',
    /^5:20: mcp_servers\.wiki\.approval\.x: must be always, never/,
  ],
  [
    'has a key of a server that nobody knows',
    'roles: { a: {} }\nmcp_servers:\n  wiki: { command: npx, url: https://a.example }',
    /^3:11: mcp_servers\.wiki: there is no key command here/,
  ],
  [
    'uses what it defines nowhere',
    'topic: &t x\ninput: *t\nroles:\n  a: { goal: *nope }',
    /^4:14: Unresolved alias.*nope/,
  ],
  [
    'has a list where a map belongs',
    'roles:\n  a:\n    tasks: [x]',
    /^3:12: roles\.a\.tasks: must be a map$/,
  ],
  [
    'has text for a number',
    'roles: { a: {} }\nlimits: { max_steps: x }',
    /^2:22: limits\.max_steps: must be a number$/,
  ],
  ['is bad in its second document', 'roles: { a: {} }\n---\nroles: 1', /^3:8: roles: /],
];

describe('a playbook', () => {
  it.each(bad)('that %s is refused with line, column and reason', (_, yaml, says) => {
    expect(() => readPlaybooks(yaml)).toThrow(says);
  });

  it('may have all that PraisonAI writes', () => {
    const yaml = `${twoRoles}dependencies: []\nmanager_llm: gpt-4o\nverbose: true\n`.replace(
      'tools: [work]',
      "tools:\n    - ''\n    allow_delegation: false\n    llm: { model: groq/llama3, temperature: 1 }",
    );

    const [document] = readPlaybooks(yaml);

    expect(Object.keys(document?.playbook.roles ?? {})).toEqual(['researcher', 'writer']);
  });

  it('shares what it defines once by an anchor', () => {
    const yaml = 'roles:\n  a: &a { goal: x }\n  b: *a';

    const [document] = readPlaybooks(yaml);

    expect(document?.playbook.roles?.['b']).toEqual({ goal: 'x' });
  });
});
