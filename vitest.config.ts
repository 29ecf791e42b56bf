import { defineConfig } from 'vitest/config';

const conformance = 'test/conformance/**';

const startsProcesses = [
  'test/conformance-runner/**',
  'test/faults/**',
  'test/launcher/**',
  'test/service/**',
];

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...startsProcesses, conformance],
          testTimeout: 20_000,
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
    ],
  },
});
