/** The code of one function, ready to be deployed. */
export interface FunctionBundle {
  /** The folder under `functions/` whose `handler.ts` it was made of. */
  readonly name: string;
  /** Holds `handler.mjs`, what that loads later, and `assets/` where it reads files. */
  readonly folder: string;
  /** Of the code that is loaded when the function starts. */
  readonly startBytes: number;
  /** Of all code. */
  readonly bytes: number;
  /** What each module adds to the code in bytes, by its path from the root of this package. */
  readonly modules: Readonly<Record<string, number>>;
}

export type FunctionBundles = ReadonlyMap<string, FunctionBundle>;

/** @throws Error where the folder has no `handler.ts` */
export function bundleOf(bundles: FunctionBundles, name: string): FunctionBundle {
  const bundle = bundles.get(name);
  if (bundle === undefined)
    throw new Error(`functions/${name} has no handler.ts, so there is no code for it to deploy`);
  return bundle;
}
