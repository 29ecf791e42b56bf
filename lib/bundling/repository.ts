import { dirname } from 'node:path';

/** Where this package lies: what is bundled is named from here. */
export const repository = dirname(dirname(import.meta.dirname));
