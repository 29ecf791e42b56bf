import { lockDataDirectory } from '../../bin/data-directory.ts';

/* Holds the lock of a data directory until it is killed or its parent is gone. */

const [dataDir = ''] = process.argv.slice(2);
lockDataDirectory(dataDir);
process.send?.('locked');
process.on('disconnect', () => process.exit());
