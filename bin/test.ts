import { createCLI } from 'vitest/node';

createCLI().parse([process.execPath, 'vitest', 'run', ...process.argv.slice(2)]);
