import { bundleFunctions } from '#lib/bundling/bundle-functions.ts';
import { BundleOrder } from './bundle-order.ts';

/*
 * A process of its own: the agents are loaded by Node, whose module loader a test runner replaces.
 */

const order = BundleOrder.parse(JSON.parse(process.argv[2] ?? ''));
const bundles = await bundleFunctions(order);
process.stdout.write(JSON.stringify([...bundles.values()]));
