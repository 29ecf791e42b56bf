import { expect, it } from 'vitest';
import { FileBlobStore } from '#adapters/embedded/file-blob-store.ts';
import { aFolder } from '../../builders/an-engine.ts';
import { aPlaybookAgent, twoRoles } from './a-playbook.ts';

const cardOf = (yaml: string) =>
  aPlaybookAgent(yaml).make({ version: 'v1', blobs: new FileBlobStore(aFolder()) });

it('a playbook says who may decide on the calls of its roles', () => {
  const yaml = `${twoRoles}\napprovals:\n  deciders: {groups: [approvers], users: [ann]}\n  not_requester: true\n`;

  expect(cardOf(yaml).approvals).toEqual({
    deciders: { groups: ['approvers'], users: ['ann'] },
    notRequester: true,
  });
});

it('a playbook leaves decisions to everybody where it says nothing of them', () => {
  expect(cardOf(twoRoles).approvals).toBeUndefined();
});

it('a playbook with a decider of a kind that there is not is refused', () => {
  expect(() => cardOf(`${twoRoles}\napprovals: {deciders: {roles: [x]}}\n`)).toThrow('roles');
});
