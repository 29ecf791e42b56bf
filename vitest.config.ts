import { defineConfig } from 'vitest/config';

const startsProcesses = [
  'test/conformance/**',
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
          exclude: startsProcesses,
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
    ],
  },
});
