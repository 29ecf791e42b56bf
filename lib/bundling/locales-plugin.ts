import type { Plugin } from 'esbuild';

/**
 * The model SDKs import zod in the form that brings its messages in fifty languages, which would
 * come into the code that a function starts with, as it shares zod with them.
 */
export const localesPlugin: Plugin = {
  name: 'locales',
  setup: (build) => {
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
      loader: 'js',
    }));
  },
};
