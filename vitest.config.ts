import { defineConfig } from 'vitest/config';
import { stackGuardPlugin } from './test/stack-guard/stack-guard-plugin.ts';

const conformance = 'test/conformance/**';
const infra = 'test/infra/**';
const emulator = 'test/emulator';
/** The files of the conformance suite whose runs take the whole way of a run. */
const wholeWay = [
  'approvals',
  'background',
  'cancel',
  'decisions',
  'event-resumption',
  'events',
  'idempotency',
  'praisonai-jobs',
  'praisonai-stream',
  'retry',
  'sessions',
];

const startsProcesses = [
  'test/conformance-runner/**',
  'test/faults/**',
  'test/launcher/**',
  'test/service/**',
];

export default defineConfig({
  plugins: [stackGuardPlugin],
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...startsProcesses, conformance, infra, `${emulator}/**`],
          testTimeout: 20_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'infra',
          include: [`${infra}/*.test.ts`],
          globalSetup: 'test/infra/bundle-once.ts',
          // Loading CDK and synthesizing takes most of the time: files share both.
          isolate: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'service',
          include: startsProcesses.map((folder) => `${folder}/*.test.ts`),
          // One file at a time: a service under test that waits for a processor looks like a slow one.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'conformance',
          include: [`${conformance}/*.test.ts`],
          globalSetup: 'test/conformance/start-target.ts',
          setupFiles: 'test/conformance/set-up.ts',
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // Its cases mostly wait for the target, which serves many callers at once.
          sequence: { concurrent: true, groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: {
          name: 'chaos',
          include: wholeWay.map((file) => `test/conformance/${file}.test.ts`),
          globalSetup: 'test/chaos/start-target.ts',
          setupFiles: 'test/conformance/set-up.ts',
          testTimeout: 180_000,
          hookTimeout: 180_000,
          sequence: { concurrent: true, groupOrder: 6 },
        },
      },
      {
        extends: true,
        test: {
          name: 'emulator',
          include: [`${emulator}/*.test.ts`],
          globalSetup: 'test/emulator/start-emulator.ts',
          setupFiles: 'test/emulator/set-up.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 4 },
        },
      },
      {
        extends: true,
        test: {
          name: 'stack',
          include: [`${conformance}/*.test.ts`, `${emulator}/stack/*.test.ts`],
          globalSetup: 'test/emulator/stack/start-stack.ts',
          setupFiles: ['test/emulator/set-up.ts', 'test/conformance/set-up.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // Each request and each run in hand is a process of Node.
          maxWorkers: 2,
          maxConcurrency: 3,
          sequence: { concurrent: true, groupOrder: 5 },
        },
      },
    ],
  },
});
