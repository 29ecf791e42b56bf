import { join, sep } from 'node:path';
import type { Plugin } from 'esbuild';
import { repository } from './repository.ts';

const exported: Readonly<Record<string, string>> = {
  'longrun/agent': 'functions/agent/define-agent.ts',
  'longrun/mcp-tools': 'functions/agent/mcp/mcp-tools.ts',
  'longrun/remote-agent': 'functions/agent/remote/remote-agent.ts',
  'longrun/scripted-model': 'functions/agent/scripted-model.ts',
};

/** Lets agents anywhere on the disk import what those in this package can. */
export const packagePlugin: Plugin = {
  name: 'package',
  setup: (build) => {
    build.onResolve({ filter: /^longrun\// }, ({ path }) => {
      const file = exported[path];
      return file ? { path: join(repository, file) } : undefined;
    });
    build.onResolve({ filter: /^(?:zod|@ai-sdk\/.*)$/ }, ({ path, kind, importer, resolveDir }) =>
      isOurs(importer) || resolveDir === repository
        ? undefined
        : build.resolve(path, { kind, importer, resolveDir: repository }),
    );
  },
};

const isOurs = (file: string) => file.startsWith(repository + sep);
