import { describeError } from './bench/describe-error.ts';
import { withCleanup } from './bench/with-cleanup.ts';
import { ask, canAsk } from './demo/ask.ts';
import { approveAnAction, askAboutStocks, runAnAgent } from './demo/chapters.ts';
import { Client } from './demo/client.ts';
import { findService } from './demo/find-service.ts';
import { type Options, readOptions, usage } from './demo/options.ts';
import { Screen } from './demo/screen.ts';

const somethingIsWrong = 1;
const nobodyToAsk = 2;

async function demo(options: Options, cleanup: AsyncDisposableStack): Promise<number> {
  const screen = new Screen();
  const service = await findService(cleanup);
  screen.heading('Longrun demo');
  screen.line('service', `${service.url}${service.isOwn ? ', started for the demo' : ''}`);
  let questions = 0;
  const askOnce = () => {
    questions += 1;
    return ask(options);
  };
  const play = { client: new Client(service), screen, ask: askOnce, cleanup };
  const problems =
    options.agentId === undefined
      ? [...(await askAboutStocks(play)), ...(await approveAnAction(play))]
      : await runAnAgent(play, options.agentId, options.message);

  if (problems.length > 0) {
    screen.heading(`Not as it should be: ${problems.join('; ')}.`);
    return somethingIsWrong;
  }
  if (questions > 0 && !options.yes && !canAsk()) {
    screen.heading('Nobody could be asked, so the call was rejected. With --yes it is approved.');
    return nobodyToAsk;
  }
  screen.heading('All as it should be. Next: npm start serves these agents, with a page.');
  return 0;
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) console.log(usage);
  else process.exitCode = await withCleanup((cleanup) => demo(options, cleanup));
} catch (error) {
  console.error(describeError(error));
  process.exitCode = somethingIsWrong;
}
