import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';

const source = "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';";
const namespace = 'credentials';
const replaced = '@aws-sdk/credential-provider-node';

/**
 * Lambda gives a function its credentials in the environment. The SDK's search through profiles,
 * single sign-on and instance metadata would be a fifth of a bundle.
 */
export const credentialsPlugin: Plugin = {
  name: 'credentials',
  setup: (build) => {
    build.onResolve({ filter: new RegExp(`^${replaced}$`) }, async (args) => {
      if (args.pluginData === replaced) return undefined;
      const { kind, importer, resolveDir } = args;
      const found = await build.resolve(replaced, {
        ...{ kind, importer, resolveDir },
        pluginData: replaced,
      });
      return { path: found.path, namespace, errors: found.errors };
    });
    build.onLoad({ filter: /./, namespace }, ({ path }) => ({
      contents: source,
      resolveDir: dirname(path),
    }));
  },
};
