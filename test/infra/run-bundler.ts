import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { FunctionBundle } from '#lib/bundling/function-bundle.ts';
import type { BundleOrder } from './bundle-order.ts';

const Bundles = z.array(
  z.object({
    name: z.string(),
    folder: z.string(),
    startBytes: z.number(),
    bytes: z.number(),
    modules: z.record(z.string(), z.number()),
  }),
);

const program = fileURLToPath(new URL('./bundle-process.ts', import.meta.url));

/** @throws Error with what the bundler says */
export async function runBundler(order: BundleOrder): Promise<readonly FunctionBundle[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, JSON.stringify(order)], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return Bundles.parse(JSON.parse(stdout));
}
