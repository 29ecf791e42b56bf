import { boundedLoad } from './generator/bounded-load.ts';
import { requestsFor } from './generator/requests.ts';
import { Tasks } from './generator/tasks.ts';
import { Command, type FromGenerator, type LoadResult } from './protocol.ts';

/* A process of its own: in one with the service it would share the service's event loop. */

const [port, token = ''] = process.argv.slice(2);
const tasks = new Tasks(requestsFor(token));

const tell = (message: FromGenerator) => process.send?.(message);

function work({ load, ...bounds }: Command): Promise<LoadResult> {
  const progress = (done: number) => tell({ kind: 'progress', done });
  switch (load) {
    case 'accepts':
      return boundedLoad(Number(port), bounds, tasks.accept, progress);
    case 'latency':
      return boundedLoad(Number(port), bounds, tasks.follow, progress);
    case 'reads':
      return boundedLoad(Number(port), bounds, tasks.read, progress);
    case 'drain':
      return boundedLoad(Number(port), { ...bounds, count: tasks.looks }, tasks.drain, progress);
  }
}

process.on('message', async (message) => {
  try {
    tell({ kind: 'result', result: await work(Command.parse(message)) });
  } catch (error) {
    tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
});

// Whoever asked is gone.
process.on('disconnect', () => process.exit());
